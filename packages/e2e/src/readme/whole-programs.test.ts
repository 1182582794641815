import { describe, expect, it } from 'vitest'
import { Document, userDocuments } from './document.js'
import { complaintsAbout, programOf } from './whole-programs.js'

/** Pages that begin with lines for an app that is there already. Their names are compiled by documents.test.ts. */
const fragmentary: readonly string[] = [
  'docs/how-to/guard-a-page.md',
  'docs/how-to/guard-a-server-action.md',
  'docs/how-to/guard-an-api.md',
  'docs/how-to/permissions-from-the-api.md',
  'docs/how-to/run-behind-a-proxy.md',
]

const pages = userDocuments.filter((path) => path.startsWith('docs/how-to/')).map((path) => new Document(path))
const programs = pages.filter((page) => Object.keys(page.files).some((name) => /^(?:express|hono|next)\//.test(name)))

describe('the whole programs of the how-to pages', () => {
  it('stand first', () => {
    const others = pages.filter(({ fences: [first] }) => first?.mark === undefined).map(({ path }) => path)
    expect(others).toEqual(fragmentary)
  })

  it('are there for each framework, or for one where there is no difference', () => {
    expect(programs.length).toBeGreaterThanOrEqual(9)
    for (const page of programs) {
      const frameworks = (['express', 'hono', 'next'] as const).filter((name) => programOf(page, name).size > 0)
      expect(frameworks, page.path).toEqual(
        page.path.endsWith('/observe.md') ? ['express'] : ['express', 'hono', 'next'],
      )
    }
  })

  it('compile', () => {
    expect(complaintsAbout(programs)).toEqual([])
  })

  it.each([
    ['express/app.mjs', "import { scalegate } from '@scalegate/express'\nscalegate({ loginn: {} })", 'loginn'],
    ['hono/app.mjs', "import { scalegate } from '@scalegate/hono'\nscalegate().requireAuht()", 'requireAuht'],
    ['next/app/page.tsx', "import { auth } from '@/lib/auth'\nexport default auth", '@/lib/auth'],
    [
      'next/lib/auth.ts',
      "import { scalegate } from '@scalegate/next'\nscalegate().bearerRoute({}, () => 1)",
      'audience',
    ],
  ])('which is seen of %s that does not', (file, code, complaint) => {
    const page = new Document('docs/how-to/none.md', `<!-- readme-file: ${file} -->\n\`\`\`js\n${code}\n\`\`\`\n`)
    expect(complaintsAbout([page]).join('\n')).toContain(complaint)
  })
})
