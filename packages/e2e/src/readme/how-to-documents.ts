import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import type { Installation } from '../consumers/installation.js'
import { people } from '../support/journey.js'
import { Document } from './document.js'
import { plainNode, startDocumented, useDocumented } from './documented-app.js'
import { comeIn, guardsMembers } from './walk.js'

const testYourApp = new Document('docs/how-to/test-your-app.md')
const writeAnAdapter = new Document('docs/how-to/write-an-adapter.md')

/** What somebody does who tests an app, or writes an adapter, by the page about it. */
export function howToDocuments(installed: () => Installation): void {
  describe(testYourApp.path, () => {
    it('has tests that pass, and the pieces below them do what they say', async () => {
      const project = installed().project('test-your-app', {
        type: 'commonjs',
        installs: [
          ...['express', 'hono', 'testing', 'emulator'].map((name) => `@scalegate/${name}`),
          ...['express', 'hono', 'supertest'],
        ],
        files: {
          'app.mjs': testYourApp.file('app.mjs'),
          'app.test.mjs': testYourApp.file('app.test.mjs'),
          ...Object.fromEntries(pieces.map((piece) => [`${piece.heading}.test.mjs`, testOf(piece)])),
        },
      })
      const { code, output } = await project.node(['--test', '--test-reporter=tap'])
      expect(code, output).toBe(0)
      expect(output).toContain(`# pass ${2 + pieces.length}\n`)
    })
  })

  describe(writeAnAdapter.path, () => {
    const app = useDocumented(() => {
      const project = installed().project('write-an-adapter', {
        type: 'commonjs',
        installs: ['@scalegate/core', '@scalegate/emulator', 'hono', '@hono/node-server'],
        files: writeAnAdapter.files,
      })
      return startDocumented(project, plainNode)
    })

    guardsMembers(app, '/members', people.ada)

    it('knows who is there, until they log out', async () => {
      const ada = new Browser()
      const user = async () => JSON.parse((await ada.navigate(`${app().origin}/`)).text).user
      expect(await user()).toBeNull()
      await comeIn(app(), '/members', people.ada, ada)
      expect(await user()).toMatchObject({ id: people.ada, name: 'Ada Admin' })
      await ada.follow(`${app().origin}/auth/logout`, { form: {}, from: `${app().origin}/` })
      expect(await user()).toBeNull()
    })

    it('keeps what depends on the session out of caches, and leaves everything else alone', async () => {
      const answers = await Promise.all(['/', '/nowhere'].map((path) => new Browser().navigate(app().origin + path)))
      expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([
        [200, expect.stringContaining('no-store')],
        [404, null],
      ])
    })
  })
}

/** A piece of code that goes on where the page's test began. */
interface Piece {
  readonly heading: string
  /** Runs before it: what the reader has of their own. */
  readonly own?: string
  /** Runs behind it, where it expects nothing itself. */
  readonly expects?: string
}

const pieces: readonly Piece[] = [
  {
    heading: 'Hono',
    own: `
      const { Hono } = await import('hono')
      const { scalegate } = await import('@scalegate/hono')
      const auth = scalegate(options)
      const app = new Hono()
      app.use(auth)
      app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth.user))`,
    expects: 'if (answer.status !== 200) throw new Error(String(answer.status))',
  },
  { heading: 'Time' },
  { heading: 'A log-out that Scalekit announces' },
  { heading: 'A webhook' },
  { heading: 'An access token' },
]

/** Makes a test file of a piece: imports and options of the page's first file, then the piece as a test of its own. */
function testOf({ heading, own = '', expects = '' }: Piece): string {
  const [first] = testYourApp.file('app.test.mjs').split('const app =')
  const lines = testYourApp.under(heading, 'js').split('\n')
  const isImport = (line: string) => line.startsWith('import ')
  return [
    ...lines.filter(isImport),
    first,
    `test(${JSON.stringify(heading)}, async () => {${own}`,
    ...lines.filter((line) => !isImport(line)),
    `${expects}\n})\n`,
  ].join('\n')
}
