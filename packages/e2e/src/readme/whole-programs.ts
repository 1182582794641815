import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { workspace } from '../consumers/tarballs.js'
import type { Document } from './document.js'

/** A page shows a whole program for each of them; its files are marked `express/app.mjs`, `next/lib/auth.ts` and so on. */
export type Framework = 'express' | 'hono' | 'next'

/** Where the marked files stand for the compiler: there, imports resolve as they do for somebody who has the packages. */
const places: Readonly<Record<Framework, string>> = {
  express: 'packages/e2e',
  hono: 'packages/e2e',
  next: 'packages/e2e/fixtures/next16',
}

const common: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

/** JavaScript says what its parameters are by where they stand, or not at all; the pages of Next are compiled as `create-next-app` does. */
const options: Readonly<Record<'script' | 'next', ts.CompilerOptions>> = {
  script: {
    ...common,
    allowJs: true,
    checkJs: true,
    noImplicitAny: false,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts'],
  },
  next: {
    ...common,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  },
}

/** The marked files of a page for one framework, by their names below it. */
export function programOf(document: Document, framework: Framework): ReadonlyMap<string, string> {
  const files = Object.entries(document.files).filter(([name]) => name.startsWith(`${framework}/`))
  return new Map(files.map(([name, code]) => [name.slice(framework.length + 1), code]))
}

/** What `tsc` says about the programs of these pages, against the packages as they are built. */
export function complaintsAbout(documents: readonly Document[]): readonly string[] {
  return [compile(documents, ['express', 'hono'], options.script), compile(documents, ['next'], options.next)].flat()
}

function compile(
  documents: readonly Document[],
  frameworks: readonly Framework[],
  compilerOptions: ts.CompilerOptions,
): readonly string[] {
  const files = new Map(documents.flatMap((document) => frameworks.flatMap((framework) => placed(document, framework))))
  const host = ts.createCompilerHost(compilerOptions)
  const { getSourceFile, fileExists, readFile } = host
  host.directoryExists = (path) =>
    [...files.keys()].some((file) => file.startsWith(`${path}/`)) || ts.sys.directoryExists(path)
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...how) => {
    const text = files.get(path)
    return text === undefined ? getSourceFile(path, ...how) : ts.createSourceFile(path, text, how[0])
  }
  // `@/` is the root of each page's own app. Without it the compiler has one root for all.
  host.resolveModuleNameLiterals = (literals, from, _redirected, { ...settings }, file) =>
    literals.map((literal) => {
      const { text } = literal
      const mode = ts.getModeForUsageLocation(file, literal, settings)
      const name = text.startsWith('@/') ? join(rootOf(from), text.slice('@/'.length)) : text
      return ts.resolveModuleName(name, from, settings, host, undefined, undefined, mode)
    })
  const program = ts.createProgram({ rootNames: [...files.keys()], options: compilerOptions, host })
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const { file, start = 0, messageText } = diagnostic
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    return `${shown(file?.fileName)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

const folder = '.pages'

function placed(document: Document, framework: Framework): readonly (readonly [path: string, code: string])[] {
  const root = normalize(join(workspace, places[framework], folder, document.path, framework))
  return [...programOf(document, framework)].map(([name, code]) => [join(root, name), code] as const)
}

/** `…/docs/how-to/page.md/next` of a file somewhere below it. */
function rootOf(path: string): string {
  const folderOf = dirname(path)
  return /\.md\/[a-z]+$/.test(folderOf) || folderOf === path ? folderOf : rootOf(folderOf)
}

function shown(path = ''): string {
  return path.split(`/${folder}/`).at(-1) ?? path
}
