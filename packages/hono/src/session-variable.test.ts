import { type Context, type Handler, Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { ScalegateEnv } from './index.js'
import { start } from './test/app.js'

const loose = (c: Context) => c as Context<{ Variables: Record<string, unknown> }>

describe('the variable that holds the session', () => {
  it.each([
    ['c.var.auth', (c: Context) => c.json(c.var.auth)],
    ["c.get('auth')", (c: Context) => c.json(c.get('auth'))],
    [
      'a destructured c.var',
      (c: Context) => {
        const { auth } = c.var
        return c.json(auth)
      },
    ],
    ['a condition', (c: Context) => (c.var.auth ? c.text('let in') : c.text('stranger'))],
    ['optional chaining', (c: Context) => c.text(c.var.auth?.user.id ?? 'stranger')],
  ])('guard_missing: %s read where no guard stands fails closed and names the route', async (_label, handler) => {
    const app = await start({ routes: (app) => app.get('/open/:id', handler as Handler) })
    const browser = await app.signedIn()
    expect(await browser.get('/open/canary-id')).toMatchObject({ status: 500, text: 'app: guard_missing' })
    expect(app.errors.map(({ message }) => message.split(' Put')[0])).toEqual([
      'guard_missing: `c.var.auth` was read at GET /open/:id, which no guard protects.',
    ])
    expect(app.errors[0]?.message).not.toContain('canary')
  })

  it('names the pattern of a middleware, and of a route of a sub-app', async () => {
    const app = await start({
      routes(app) {
        const sub = new Hono<ScalegateEnv>().post('/:id', (c) => c.json(c.var.auth))
        app.use('/mid/*', async (c) => c.json(c.var.auth))
        app.route('/area', sub)
      },
    })
    await app.visitor().get('/mid/x')
    await app.visitor().post('/area/x', '')
    expect(app.errors.map(({ message }) => /at (.*), which/.exec(message)?.[1])).toEqual([
      'GET /mid/*',
      'POST /area/:id',
    ])
  })

  it('a guard on another route, or one that refused, opens nothing', async () => {
    const app = await start({
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), (c) => c.text(c.var.auth.user.id))
        app.get('/open', (c) => c.text(c.var.auth.user.id))
        app.use('/seen/*', async (c, next) => {
          await next()
          c.header('x-seen', c.var.auth.user.id)
        })
        app.get('/seen/x', auth.requireRole('admin'), (c) => c.text('in'))
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/x')).text).toBe('usr_ada')
    expect((await browser.get('/open')).text).toBe('app: guard_missing')
    expect((await browser.get('/seen/x')).text).toBe('app: guard_missing')
  })

  it('SEC-293 what an earlier middleware claims is not the session, and nothing can be put in its place', async () => {
    const app = await start({
      mount(app, auth) {
        app.use(async (c, next) => {
          loose(c).set('auth', { user: { id: 'usr_evil' } })
          await next()
        })
        app.use(auth)
      },
      routes(app, auth) {
        app.get('/open', (c) => c.json(c.var.auth.user))
        app.get('/get', (c) => c.json(c.get('auth').user))
        app.get('/x', auth.requireAuth(), (c) => c.json([c.var.auth.user.id, c.get('auth').user.id]))
        app.get('/set', auth.requireAuth(), (c) => {
          loose(c).set('auth', 1)
          return c.text('set')
        })
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/open')).text).toBe('app: guard_missing')
    expect((await browser.get('/get')).text).toBe('app: guard_missing')
    expect((await browser.get('/x')).text).toBe('["usr_ada","usr_ada"]')
    expect((await browser.get('/set')).text).toBe('app: TypeError')
    expect(app.errors.at(-1)?.message).toContain("scalegate({ property: 'session' })")
  })

  it('other variables work as before, set before and after, on open routes and behind guards', async () => {
    const app = await start({
      mount(app, auth) {
        app.use(async (c, next) => {
          loose(c).set('early', 1)
          await next()
        })
        app.use(auth)
      },
      routes(app, auth) {
        const show = (c: Context) => {
          c.set('late', 2)
          return c.json([c.get('early'), c.get('late'), c.get('none') ?? null, { ...c.var }])
        }
        app.get('/open', show)
        app.get('/x', auth.requireAuth(), (c) => {
          const [early, late, none] = [loose(c).get('early'), loose(c).get('late'), loose(c).get('none')]
          return c.json([early, late ?? null, none ?? null, Object.keys(c.var)])
        })
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/open')).text).toBe('[1,2,null,{"early":1,"late":2}]')
    expect((await browser.get('/x')).text).toBe('[1,null,null,["early","auth"]]')
  })

  it('a variable of another name leaves `auth` to the app', async () => {
    const app = await start({
      options: { property: 'person' },
      routes(app, auth) {
        const person = (c: Context) => (loose(c).get('person') as { user: { id: string } }).user.id
        app.get('/x', auth.requireAuth(), (c) => {
          loose(c).set('auth', 'mine')
          return c.json([person(c), loose(c).var.auth])
        })
        app.get('/open', (c) => c.text(person(c)))
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/x')).text).toBe('["usr_ada","mine"]')
    expect((await browser.get('/open')).text).toBe('app: guard_missing')
    expect(app.errors[0]?.message).toContain('`c.var.person`')
  })
})
