import { Browser, exchange } from '@scalegate/testing/audits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { next } from './apps/next.js'
import { browserLib, compilerOptions } from './compiler-options.js'
import type { Installation } from './installation.js'
import type { App, Project } from './project.js'
import { ada, expectGuarded, expectLogin, expectWelcome } from './visits.js'

const cli = 'node_modules/next/dist/bin/next'

/** What `create-next-app` writes. */
const createNextApp = {
  target: 'es2022',
  lib: ['dom', 'dom.iterable', 'esnext'],
  strict: true,
  noEmit: true,
  esModuleInterop: true,
  allowJs: true,
  incremental: true,
  skipLibCheck: true,
  types: ['node'],
  module: 'esnext',
  moduleResolution: 'bundler',
  resolveJsonModule: true,
  isolatedModules: true,
  jsx: 'react-jsx',
  plugins: [{ name: 'next' }],
}

const plan = {
  type: 'module',
  installs: ['@scalegate/next', 'next', 'react', 'react-dom', 'typescript', '@types/react', '@types/node'],
  files: {
    ...next,
    'tsconfig.json': {
      compilerOptions: createNextApp,
      include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
    },
  },
} as const

const typesOfClient = `
import { Permitted, type SessionView } from '@scalegate/next/client'

export const known = (view: SessionView): string | undefined => view.session?.user.id
export const shown = Permitted({ permission: 'projects:read', children: 'projects' })
// @ts-expect-error: not a permission of this app
export const hidden = Permitted({ permission: 'projects:raed', children: 'projects' })
`

/** What somebody does who installs `@scalegate/next`: one app, built once. */
export function nextConsumer(installed: () => Installation): void {
  describe('@scalegate/next', () => {
    let project: Project
    let app: App | undefined
    let cookie: string

    beforeAll(async () => {
      project = installed().project('next', plan)
      // No variable of the kit: builds have no secrets.
      const { code, output } = await project.node([cli, 'build'])
      expect(code, output).toBe(0)
      app = await project.start([cli, 'start', '-H', '127.0.0.1', '-p', '$PORT'])
      cookie = await installed().forger.cookieFor(app, 'ESM')
    })
    afterAll(() => app?.stop())
    const running = () => {
      if (app === undefined) throw new Error('The app did not start.')
      return app
    }

    it('guards a route handler, behind the proxy and beside the catch-all route', async () => {
      await expectGuarded(running(), '/members', cookie)
    })

    it('guards a page, and renders a client component that knows the session', async () => {
      await expectLogin(running(), '/team')
      const text = await expectWelcome(running(), '/team', cookie)
      expect(text).toContain(`user ${ada}`)
      expect(text).toContain('may invite')
      expect(text).not.toContain('may read projects')
    })

    it('renders components of the client entry in a Server Component', async () => {
      const page = (headers: Record<string, string>) => new Browser().navigate(`${running().origin}/`, { headers })
      expect((await page({})).text).toContain('stranger')
      expect((await page({ cookie })).text).toContain('welcome')
    })

    it('guards a server action', async () => {
      const { text } = await new Browser().navigate(`${running().origin}/team`, { headers: { cookie } })
      const action = /name="(\$ACTION_ID_\w+)"/.exec(text)?.[1] ?? ''
      expect(action, text).not.toBe('')
      const answers = await Promise.all([{ cookie }, {}].map((given) => post(running(), '/team', action, given)))
      expect(answers).toEqual([
        { status: 303, location: `/?invited=max&by=${ada}` },
        { status: 303, location: `${running().origin}/auth/login` },
      ])
    })

    it('has declarations that hold when they are checked themselves', async () => {
      const declared = installed().project('next-declarations', {
        type: 'module',
        installs: plan.installs,
        files: {
          'app.ts': next['lib/auth.ts'] + typesOfClient,
          'tsconfig.json': {
            compilerOptions: { ...compilerOptions.nodenext, lib: browserLib },
            include: ['app.ts'],
          },
        },
      })
      // Next's own need the types of react-dom, which its users install with it and this workspace does not.
      const complaints = (await declared.compile())
        .split('\n')
        .filter((line) => !/^\s|\/node_modules\/next\//.test(line))
      expect(complaints.filter((line) => line !== '')).toEqual([])
    })
  })
}

/** The form of a page, sent by a browser without scripts. */
async function post(app: App, path: string, action: string, given: Readonly<Record<string, string>>) {
  const form = new FormData()
  form.set(action, '')
  form.set('email', 'max')
  // Only a Response knows how a form is written.
  const written = new Response(form)
  const headers = new Headers({
    ...given,
    origin: app.origin,
    'content-type': written.headers.get('content-type') ?? '',
  })
  const answer = await exchange(app.origin + path, 'POST', headers, Buffer.from(await written.arrayBuffer()))
  return { status: answer.status, location: answer.headers.get('location') }
}
