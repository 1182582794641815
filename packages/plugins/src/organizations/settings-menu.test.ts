import { readFileSync } from 'node:fs'
import { type ScalekitPermission, scalekitPermissions } from '@scalegate/core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Bench, organizations as known, type people, startBench } from '../test/bench.js'
import { organizations } from './organizations.js'

/** The table of widgets in the how-to: title, what shows it, what changes with it, the feature it needs. */
function documented(): readonly [string, readonly string[], readonly string[], string | undefined][] {
  const text = readFileSync(new URL('../../../../docs/how-to/organizations.md', import.meta.url), 'utf8')
  const [, table = ''] = /\n\| Widget \|.*\n\|[-|]+\n([\s\S]*?)\n\n/.exec(text) ?? []
  return table.split('\n').map((line) => {
    const [title = '', ...cells] = line.split('|').slice(1, -1)
    const [shown = [], changing = [], features = []] = cells.map((cell) => cell.match(/\w+/g) ?? [])
    return [title.split(':')[0]?.trim() ?? '', shown, changing, features[0]]
  })
}

let bench: Bench<readonly [ReturnType<typeof organizations>]>
beforeAll(async () => {
  bench = await startBench([organizations({ rememberFeatures: 0 })], {
    routes(app, auth) {
      app.get('/menu', auth.requireAuth(), async (req, res) => {
        res.json(await auth.organizations.settingsMenu(req.auth))
      })
    },
  })
})
afterAll(() => bench.stop())

describe('the settings menu', () => {
  const ids = async (name: keyof typeof people, organization?: string) => {
    const { body } = await bench.call(await bench.signedIn(name, organization), '/menu')
    return (body as { id: string; access: string }[]).map(({ id, access }) => `${id} ${access}`)
  }
  it('has what permissions and features allow', async () => {
    expect(await ids('ada')).toEqual([
      'organization manage',
      'members manage',
      'sso manage',
      'scim manage',
      'domains manage',
      'session-policy manage',
      'profile manage',
      'security manage',
    ])
    expect(await ids('max')).toEqual([
      'organization view',
      'members view',
      'domains view',
      'profile manage',
      'security manage',
    ])
    expect(await ids('gil')).toEqual(['profile manage', 'security manage'])
    expect(await ids('bea', known.globex)).not.toContain('scim manage')
  })

  // protocol.md §8, row by row.
  const table = {
    sk_org_settings_read: 'organization view',
    sk_org_settings_manage: 'organization manage',
    sk_org_users_read: 'members view',
    sk_org_users_invite: 'members manage',
    sk_org_users_delete: 'members manage',
    sk_org_users_role_change: 'members manage',
    sk_org_sso_read: 'sso view',
    sk_org_sso_manage: 'sso manage',
    sk_org_scim_read: 'scim view',
    sk_org_scim_manage: 'scim manage',
    sk_org_session_policy_read: 'session-policy view',
    sk_org_session_policy_manage: 'session-policy manage',
  } satisfies Record<ScalekitPermission, string>
  const menuOf = async (permissions: readonly string[]) => {
    const session = { user: { id: 'usr_x' }, organizationId: known.acme, permissions } as never
    const widgets = await bench.auth.organizations.settingsMenu(session)
    return widgets.map(({ id, access }) => `${id} ${access}`)
  }
  const permissions = Object.entries(table) as [ScalekitPermission, string][]

  it.each(permissions)('%s alone grants %s', async (permission, widget) => {
    expect(await menuOf([permission])).toContain(widget)
  })

  it.each(permissions)('without %s and the others of its widget, %s is refused', async (permission, widget) => {
    const [id] = widget.split(' ')
    const others = scalekitPermissions.filter((name) => !table[name].startsWith(`${id} `))
    expect(others).not.toContain(permission)
    expect((await menuOf(others)).filter((shown) => shown.startsWith(`${id} `))).toEqual([])
  })

  it.each(documented())('is what the how-to says of %s', async (title, shown, changing, feature) => {
    const accessWith = async (permissions: readonly string[]) => {
      const session = { user: { id: 'usr_x' }, organizationId: known.acme, permissions } as never
      const widgets = await bench.auth.organizations.settingsMenu(session)
      return widgets.find((widget) => widget.title === title)?.access
    }
    expect(await accessWith([])).toBe(shown.length === 0 ? 'manage' : undefined)
    for (const permission of shown) expect(await accessWith([permission])).toBe('view')
    for (const permission of changing) expect(await accessWith([permission])).toBe('manage')
    const others = scalekitPermissions.filter((name) => ![...shown, ...changing].includes(name))
    expect(await accessWith(others)).toBe(shown.length === 0 ? 'manage' : undefined)
    if (feature === undefined) return
    await bench.emulator.control.setFeatures(known.acme, { [feature]: false })
    onTestFinished(() => bench.emulator.control.setFeatures(known.acme, { [feature]: true }))
    expect(await accessWith(scalekitPermissions)).toBeUndefined()
  })

  it('brings the session at Scalekit into the organization first', async () => {
    const bea = await bench.signedIn('bea', known.acme)
    // In another tab she opens the other organization at Scalekit.
    await bench.signedIn('bea', known.globex)
    const { body } = await bench.call(bea, '/menu')
    const { href } = (body as { id: string; href: string }[]).find(({ id }) => id === 'members') ?? { href: '' }
    const { url, response } = await bea.open(href)
    expect(url.href).toBe(`${bench.emulator.url}/ui/`)
    expect(await response.text()).toContain('Acme')
  })
})
