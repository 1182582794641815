import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { makeKit } from '../support/app.js'
import type { GuardOf, Route } from '../support/app-routes.js'
import { logIn, organizations, people } from '../support/journey.js'
import { expect401, expect403, expect503, expectLogin, problemOf } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

const asked = 'sk_org_users_invite'

/** Attack list 4.N. */
describe.each(['Express 5', 'Hono'] as const)('permissions on %s', (framework) => {
  const reached: string[] = []
  const route = (path: string, guard: GuardOf): Route => ({
    path,
    guard,
    answer: () => {
      reached.push(path)
      return { body: { reached: path } }
    },
  })
  const stage = useStage({
    framework,
    routes: [
      route('/invite', (auth) => auth.requirePermission(asked)),
      route('/all', (auth) => auth.requirePermission('sk_org_users_read', 'sk_org_sso_manage')),
      route('/any', (auth) => auth.requireAnyPermission('sk_org_scim_manage', 'projects:read')),
      route('/read', (auth) => auth.requirePermission('sk_org_settings_read')),
      route('/manage', (auth) => auth.requirePermission('sk_org_settings_manage')),
      route('/admins', (auth) => auth.requireRole('admin')),
      route('/org/:id', (auth, parameter) => auth.requireOrganization(parameter('id'))),
      route('/org-of-nobody', (auth) =>
        auth.requireOrganization(() => {
          throw new Error('canary-secret')
        }),
      ),
    ],
  })
  const at = (path: string) => stage().app.origin + path

  /** A person whose access token says this about permissions and roles. */
  async function holding(claims: Record<string, unknown>, user: string = people.gil) {
    const browser = new Browser()
    await stage().emulator.control.nextTokenResponse({ accessToken: { claims } })
    await logIn(browser, stage().app, { user })
    reached.length = 0
    return browser
  }

  const junk: readonly (readonly [string, unknown])[] = [
    ['SEC-295 missing', null],
    ['SEC-295 empty text', ''],
    ['SEC-295 object', { [asked]: true }],
    ['SEC-295 number', 1],
    ['SEC-295 true', true],
    ['SEC-296 text', asked],
    ['SEC-296 text with several', `${asked} sk_org_users_read`],
    ['SEC-297 list with a number', [1, null, {}]],
    ['SEC-297 nested list', [[asked]]],
    ['SEC-297 star', ['*']],
    ['SEC-297 star of a family', ['sk_*', 'sk_org_*', 'sk_org_users_*']],
    ['SEC-298 capitals', [asked.toUpperCase()]],
    ['SEC-298 space in front', [` ${asked}`]],
    ['SEC-298 zero-width space', [`${asked}\u200b`]],
    ['SEC-298 fullwidth letters', ['ｓk_org_users_invite']],
    ['SEC-299 longer', [`${asked}_x`]],
    ['SEC-299 something in front', [`x${asked}`]],
    ['SEC-299 shorter', ['sk_org_users', 'sk_org_users_']],
    ['SEC-301 names of Object.prototype', ['__proto__', 'constructor', 'length', '0']],
    ['SEC-310 what manages something else', ['sk_org_users_read', 'sk_org_users_delete', 'sk_org_settings_manage']],
    ['SEC-302 thousands of others', Array.from({ length: 150 }, (_, index) => `p${index}`)],
  ]
  it.each(rowsFor(framework, junk))('permissions: %s', async (_label, permissions) => {
    const browser = await holding({ permissions })
    expect403(await browser.fetch(at('/invite')))
    const page = await browser.navigate(at('/invite'))
    expect403(page)
    expect(page.next).toBeUndefined()
    expect([reached, await stage().tokenCalls()]).toEqual([[], 1])
  })

  it('exactly the permission lets through', async () => {
    const browser = await holding({ permissions: ['x', asked] })
    expect((await browser.fetch(at('/invite'))).status).toBe(200)
    expect(reached).toEqual(['/invite'])
  })

  it.each([undefined, '', ' ', 'sk_org_user_invite', 'sk_', 'sk_org_*'])(
    'SEC-300 a guard for %s cannot be made',
    (permission) => {
      const auth = makeKit(framework)
      for (const guard of [auth.requirePermission, auth.requireAnyPermission]) {
        expect(() => guard(permission as never)).toThrow(TypeError)
        expect(() => guard('projects:read', permission as never)).toThrow(TypeError)
      }
    },
  )

  it('SEC-300 SEC-303 a guard for nothing, or for something that is no name, cannot be made', () => {
    const auth = makeKit(framework)
    expect(() => auth.requirePermission()).toThrow(TypeError)
    expect(() => auth.requireAnyPermission()).toThrow(TypeError)
    expect(() => auth.requireRole()).toThrow(TypeError)
    expect(() => auth.requireRole('')).toThrow(TypeError)
    expect(() => auth.requireOrganization('')).toThrow(TypeError)
    expect(() => auth.requirePermission({ permission: asked, redirectTo: '/x' } as never)).toThrow(TypeError)
    expect(() => auth.requirePermission([asked] as never)).toThrow(TypeError)
  })

  it('SEC-302 all and any', async () => {
    const table: readonly (readonly [string, readonly string[], number])[] = [
      ['/all', ['sk_org_users_read', 'sk_org_sso_manage'], 200],
      ['/all', ['sk_org_users_read'], 403],
      ['/all', ['sk_org_sso_manage'], 403],
      ['/all', [], 403],
      ['/any', ['projects:read'], 200],
      ['/any', ['sk_org_scim_manage', 'sk_org_scim_manage'], 200],
      ['/any', ['sk_org_scim_read', 'projects'], 403],
    ]
    for (const [path, permissions, status] of table)
      expect([path, permissions, (await (await holding({ permissions })).fetch(at(path))).status]).toEqual([
        path,
        permissions,
        status,
      ])
  })

  it('SEC-304 roles and permissions are two things', async () => {
    const named = await holding({ roles: [asked], permissions: ['admin'] })
    expect403(await named.fetch(at('/invite')))
    expect403(await named.fetch(at('/admins')))
    expect403(await (await holding({ roles: 'admin', permissions: [] })).fetch(at('/admins')))
    expect403(await (await holding({ roles: ['Admin', 'admin ', 'administrators'] })).fetch(at('/admins')))
    const admin = await holding({ roles: ['admin'], permissions: [] })
    expect403(await admin.fetch(at('/invite')))
    expect((await admin.fetch(at('/admins'))).status).toBe(200)
  })

  it('SEC-305 permissions from anywhere but the access token', async () => {
    const browser = new Browser()
    await stage().emulator.control.nextTokenResponse({
      idToken: { claims: { permissions: [asked], roles: ['admin'] } },
      response: { permissions: [asked], scope: asked },
    })
    await logIn(browser, stage().app, { user: people.gil })
    const headers = { 'x-permissions': asked, permissions: asked, 'x-scalegate-permissions': asked }
    expect403(await browser.fetch(at('/invite'), { headers }))
    expect((await browser.fetch(at(`/invite?permissions=${asked}&permissions[]=${asked}`))).status).toBe(403)
    expect403(await browser.fetch(at('/admins'), { headers: { 'x-role': 'admin' } }))
  })

  it('SEC-306 claims that are only called something like it', async () => {
    const browser = await holding({
      permissions: [],
      permissions_extra: [asked],
      permission: [asked],
      Permissions: [asked],
      xoid: organizations.globex,
    })
    expect403(await browser.fetch(at('/invite')))
    expect403(await browser.fetch(at(`/org/${organizations.globex}`)), 'wrong_organization')
  })

  it('SEC-308 SEC-122 the organization of the session, not of the address', async () => {
    const browser = await holding({}, people.ada)
    expect((await browser.fetch(at(`/org/${organizations.acme}`))).status).toBe(200)
    const ask = (id: string) => browser.fetch(at(`/org/${id}?organization_id=${organizations.acme}`))
    expect403(await ask(organizations.globex), 'wrong_organization')
    // What is no organization is nothing to switch to.
    for (const id of ['org_', '%00', '*', 'undefined', organizations.acme.toUpperCase()]) expect403(await ask(id))
    expect(reached).toEqual(['/org/:id'])
  })

  it('SEC-289 a guard whose function fails lets nobody through', async () => {
    const browser = await holding({}, people.ada)
    for (const page of [await browser.fetch(at('/org-of-nobody')), await browser.navigate(at('/org-of-nobody'))])
      expect([page.status, page.text]).toEqual([500, 'app error page: unknown'])
    expect(stage().takeErrors()).toMatchObject(Array(2).fill({ message: 'canary-secret' }))
    expect(reached).toEqual([])
  })

  it('SEC-309 a stranger is asked to log in, not told about permissions', async () => {
    expect401(await new Browser().fetch(at('/invite')))
    expectLogin(await new Browser().navigate(at('/invite')), '/invite')
  })

  it('SEC-310 manage includes read, as documented, and nothing else follows from anything', async () => {
    const manager = await holding({ permissions: ['sk_org_settings_manage'] })
    expect((await manager.fetch(at('/read'))).status).toBe(200)
    const reader = await holding({ permissions: ['sk_org_settings_read'] })
    expect403(await reader.fetch(at('/manage')))
  })

  it('a 403 names what was asked for and nothing of what is held', async () => {
    const browser = await holding({ permissions: ['projects:read', 'very:secret'] })
    const answer = problemOf(await browser.fetch(at('/invite')))
    expect(answer).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status: 403,
      code: 'forbidden',
      permissions: [asked],
    })
  })
})

describe.each(['Express 5', 'Hono'] as const)('permissions from a function on %s', (framework) => {
  const source: { answer: () => Promise<readonly string[]> } = { answer: async () => [] }
  const stage = useStage({ framework, options: { permissions: () => source.answer() } })
  const at = (path: string) => stage().app.origin + path

  async function signedIn() {
    const browser = new Browser()
    await logIn(browser, stage().app)
    return browser
  }

  it('what the function says counts, and what the token says does not', async () => {
    source.answer = async () => ['sk_org_sso_manage']
    const browser = await signedIn()
    expect((await browser.fetch(at('/sso'))).status).toBe(200)
    expect403(await browser.fetch(at('/members')))
  })

  it.each<[string, () => Promise<unknown>]>([
    ['fails', () => Promise.reject(new Error('canary-secret'))],
    ['gives no list', async () => ({ sk_org_sso_manage: true })],
    ['gives text', async () => 'sk_org_sso_manage'],
  ])('SEC-289 a function that %s lets nobody through, and the session is kept', async (_label, answer) => {
    source.answer = answer as typeof source.answer
    const browser = await signedIn()
    const page = await browser.fetch(at('/sso'))
    expect503(page, 'permissions_unavailable')
    expect(page.text + JSON.stringify(stage().app.events)).not.toContain('canary')
    source.answer = async () => ['sk_org_sso_manage']
    await stage().advance(2)
    expect((await browser.fetch(at('/sso'))).status).toBe(200)
  })
})
