import { definePlugin } from '@scalegate/core/plugin'
import { describe, expect, it } from 'vitest'
import { scalegate } from './index.js'
import { type App, ada, start } from './test/app.js'
import { script } from './test/visitor.js'

const notes = (open = true) =>
  definePlugin({
    name: 'notes',
    setUp: (kit) => ({
      api: { isOpen: () => ({ name: 'notes:open', allows: () => open }), address: () => kit.urlOf('notes') },
      routes: {
        notes: {
          get: {
            requires: { permissions: ['sk_org_users_read'] },
            answer: async ({ session }) => Response.json(session),
          },
          post: { open: true, answer: async (call) => call.done({ at: typeof (call.at as { req?: unknown }).req }) },
        },
      },
    }),
  })

describe('a plugin on Hono', () => {
  it('answers its routes behind its guard, with what Hono gives', async () => {
    const app = await start({ options: { plugins: [notes()] } })
    expect((await app.visitor().get('/auth/notes', script)).status).toBe(401)
    const answer = await (await app.signedIn()).get('/auth/notes')
    expect([answer.status, JSON.parse(answer.text).user.id]).toEqual([200, ada.sub])
    const nobody = await (await app.signedIn({ ...ada, permissions: [] })).get('/auth/notes')
    expect(nobody.status).toBe(403)
  })

  it.each([
    [true, 200],
    [false, 403],
  ])('guards a route by its check (%s → %i), made while the module is loaded', async (open, status) => {
    const plugins = [notes(open)] as const
    const app = await start({
      options: { plugins },
      routes(app, auth) {
        const { notes: helpers } = auth as unknown as { notes: ReturnType<ReturnType<typeof notes>['setUp']>['api'] }
        ;(app as App).get('/open', auth.require(helpers!.isOpen()), (c) => c.text(helpers!.address()))
      },
    })
    const answer = await (await app.signedIn()).get('/open')
    expect([answer.status, answer.text.includes('/auth/notes')]).toEqual([status, open])
  })

  it('has its helpers on the kit, typed, before any environment is known', () => {
    const auth = scalegate({ plugins: [notes()] })
    expect(auth.notes.isOpen().name).toBe('notes:open')
    expect(() => scalegate({ plugins: [definePlugin({ name: 'session', setUp: () => ({}) })] })).toThrow('is taken')
  })
})
