import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { after, before } from './diff.js'
import { Document, type Fence, userDocuments } from './document.js'

/** What TypeScript calls a file in each language; a diff is of whatever it likes. */
const extensions: Readonly<Record<string, string>> = {
  js: 'js',
  mjs: 'js',
  cjs: 'js',
  jsx: 'jsx',
  ts: 'ts',
  tsx: 'tsx',
  diff: 'tsx',
}

/** Fences that are no program by themselves: document, heading and language, and why. */
const fragments: ReadonlyMap<string, string> = new Map([
  [
    'README.md › The same on Hono and Next.js › ts',
    'shows what five files have; { … } stands for what the action does',
  ],
  ['docs/how-to/run-behind-a-proxy.md › Next with `basePath` › tsx', 'two opening tags'],
  ['docs/tutorials/express.md › 6. Log out › diff', 'from the middle of a function; documents.test.ts applies it'],
  ['docs/tutorials/hono.md › 6. Log out › diff', 'from the middle of a function; documents.test.ts applies it'],
  ['docs/tutorials/next.md › 8. Log out › diff', 'from the middle of a function; documents.test.ts applies it'],
  ['packages/hono/README.md › @scalegate/hono › diff', 'one of the two is JSON; documents.test.ts reads both'],
  [
    'packages/next/README.md › Into the app of `create-next-app` › diff',
    'ends within a page; documents.test.ts applies it',
  ],
])

/** Languages of which nothing is parsed. Any other would be a language that nobody looks at. */
const others = new Set(['', 'sh', 'text', 'json', 'yaml'])

/** What an editor would underline in a file with this text. */
function complaintsOf(extension: string, code: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(code, {
    fileName: `fence.${extension}`,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.Preserve },
  })
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

function complaints({ place, language, code }: Fence): readonly string[] {
  const extension = extensions[language]
  if (extension === undefined) return others.has(language) ? [] : [`${place} is in an unknown language`]
  const texts = language === 'diff' ? [before(code), after(code)] : [code]
  return texts.flatMap((text) => complaintsOf(extension, text)).map((complaint) => `${place} ${complaint}`)
}

const keyOf = (path: string, { heading, language }: Fence) => `${path} › ${heading} › ${language}`

describe('the code of the documents parses', () => {
  it('and there is some', () => {
    expect(userDocuments.length).toBeGreaterThan(15)
  })

  it.each(userDocuments)('%s', (path) => {
    const fences = new Document(path).fences.filter((fence) => !fragments.has(keyOf(path, fence)))
    expect(fences.flatMap(complaints)).toEqual([])
  })

  it('but for the fragments, each of which is still one', () => {
    const all = userDocuments.flatMap((path) =>
      new Document(path).fences.map((fence) => [keyOf(path, fence), fence] as const),
    )
    const broken = all.filter(([, fence]) => complaints(fence).length > 0).map(([key]) => key)
    expect([...new Set(broken)].sort()).toEqual([...fragments.keys()].sort())
  })

  it('which is seen of code that does not', () => {
    expect(complaintsOf('js', "import { scalegate } form '@scalegate/express'")).not.toEqual([])
    expect(complaintsOf('js', 'const auth: Auth = scalegate()')).not.toEqual([])
    expect(complaintsOf('tsx', after(' app.get(\n-  one)\n+  two'))).not.toEqual([])
  })
})
