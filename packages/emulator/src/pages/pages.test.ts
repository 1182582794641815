import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ControlPage,
  type IdpPortalPage,
  type IdpPortalsPage,
  type InvitationPage,
  type LoginPage,
  type NoticePage,
  type OrganizationPickerPage,
  type PortalPage,
  renderControl,
  renderIdpPortal,
  renderIdpPortals,
  renderInvitation,
  renderLogin,
  renderNotice,
  renderOrganizationPicker,
  renderPortal,
  renderPortalOver,
  renderSignUp,
  renderSsoSimulator,
  renderWidgets,
  type SignUpPage,
  type SsoSimulatorPage,
  type WidgetsPage,
} from './index.js'

const canary = `"><img src=x onerror=1>'`

const login: LoginPage = {
  action: '/a',
  signUpPath: '/b',
  clientName: 'Client',
  people: [{ id: 'usr_1', name: 'Ada Admin', email: 'ada@acme.example', organizations: ['Acme'] }],
  loginHint: 'ada@acme.example',
  askedFor: { label: 'organization', value: 'org_1' },
  error: 'Unknown address',
  cancelAction: '/c',
}

const picker: OrganizationPickerPage = {
  action: '/a',
  person: { id: 'usr_1', name: 'Ada Admin', email: 'ada@acme.example', organizations: ['Acme'] },
  organizations: [{ id: 'org_1', name: 'Acme', roles: ['admin'] }],
  cancelAction: '/c',
}

const sso: SsoSimulatorPage = {
  action: '/a',
  email: 'ada@acme.example',
  givenName: 'Ada',
  familyName: 'Admin',
  organizationName: 'Acme',
  connectionId: 'conn_1',
  outcomes: ['access_denied'],
}

const portals: IdpPortalsPage = {
  portals: [{ path: '/p', organizationId: 'org_1', organizationName: 'Acme', domains: ['acme.example'] }],
}

const portal: IdpPortalPage = {
  action: '/a',
  signOutAction: '/s',
  portalsPath: '/p',
  organizationName: 'Acme',
  connectionId: 'conn_1',
  email: 'ada@acme.example',
  relayState: '/reports',
  apps: [{ id: 'skc_1', name: 'App', initiateLoginUri: 'http://127.0.0.1:1/login' }],
  signedInAs: 'ada@acme.example',
  error: 'Choose one of the apps.',
}

const adminPortal: PortalPage = {
  frame: { origins: ['https://app.test'], messages: [{ event_type: 'PORTAL_LOAD_SUCCESS' }], pollPath: '/p' },
  organization: { id: 'org_1', name: 'Acme' },
  expiresAt: '2026-11-22T15:40:00Z',
  base: '/portal/x',
  sections: ['sso', 'scim', 'domains'],
  error: 'Wrong',
  notice: 'Saved',
}

const adminSso: PortalPage = {
  ...adminPortal,
  open: 'sso',
  sso: {
    providers: [{ value: 'OKTA', label: 'Okta' }],
    featureIsOn: false,
    domains: ['acme.example'],
    connections: (['OIDC', 'SAML'] as const).map((type) => ({
      id: `conn_${type}`,
      provider: 'Okta',
      type,
      status: 'IN_PROGRESS',
      enabled: false,
      isUsed: false,
      redirectUri: 'https://e.test/callback',
      issuer: 'https://idp.test',
      clientId: 'abc',
      hasClientSecret: true,
      metadataUrl: 'https://idp.test/metadata',
    })),
  },
}

const adminScim: PortalPage = {
  ...adminPortal,
  open: 'scim',
  scim: {
    providers: [{ value: 'OKTA', label: 'Okta' }],
    roles: ['admin'],
    domains: ['acme.example'],
    directories: [
      {
        id: 'dir_1',
        name: 'Okta directory',
        enabled: true,
        endpoint: 'https://e.test/scim/v2',
        secret: 'secret',
        secretSuffixes: ['cret'],
        lastSyncedAt: '2026-11-22T09:40:00Z',
        users: [{ email: 'a@acme.example', name: 'A', active: true, groups: ['Leads'] }],
        groups: [{ id: 'dirgroup_1', name: 'Leads', members: 1, role: 'admin' }],
      },
    ],
  },
}

const adminDomains: PortalPage = {
  ...adminPortal,
  open: 'domains',
  domains: {
    domains: [
      { id: 'dom_1', name: 'acme.example', status: 'PENDING', method: 'DNS', txtValue: 'key=secret' },
      { id: 'dom_2', name: 'acme.test', status: 'VERIFIED', method: 'DNS', txtValue: 'key=secret' },
    ],
  },
}

const invitation: InvitationPage = {
  action: '/a',
  cancelAction: '/c',
  clientName: 'Client',
  organizationName: 'Acme',
  email: 'ada@acme.example',
  roles: ['admin'],
  names: { given: 'Ada', family: 'Admin' },
}

const signUp: SignUpPage = {
  action: '/a',
  logInPath: '/b',
  values: { email: 'ada@acme.example', givenName: 'Ada', familyName: 'Admin', organizationName: 'Acme' },
  error: 'Address is taken',
}

const membersWidget = {
  id: 'members',
  title: 'Member management',
  description: 'Who is in the organization',
  access: 'manage',
  reason: 'granted by sk_org_users_invite',
  path: '/ui/members',
} as const

const widgets: WidgetsPage = {
  person: { id: 'usr_1', name: 'Ada Admin', email: 'ada@acme.example', organizations: ['Acme'] },
  organization: { id: 'org_1', name: 'Acme', roles: ['admin'], features: ['sso'] },
  widgets: [membersWidget, { ...membersWidget, id: 'scim', access: 'hidden', title: 'SCIM', reason: 'feature is off' }],
  open: membersWidget,
  facts: [{ label: 'Ada Admin', value: 'admin' }],
  logoutAction: '/l',
}

const notice: NoticePage = {
  status: 404,
  title: 'Not emulated',
  code: 'not_emulated',
  detail: 'No such route.',
  link: { href: '/_emulator', label: 'Control panel' },
}

const control: ControlPage = {
  environmentUrl: 'http://localhost:9500',
  clock: { now: '2026-11-22T10:00:00.000Z', offset: 60 },
  settings: { 'refresh grace': 10, 'permissions in tokens': true, 'logout token': 'jwt' },
  clients: [
    {
      id: 'skc_1',
      name: 'App',
      redirectUris: ['http://127.0.0.1:1/cb'],
      backchannelLogoutUri: 'http://127.0.0.1:1/bcl',
      initiateLoginUri: 'http://127.0.0.1:1/login',
    },
  ],
  machines: [
    { id: 'm2morg_1', name: 'Robot', organizationName: 'Acme', scopes: ['a:read'], audience: ['https://a.test'] },
  ],
  invitations: {
    roles: ['admin', 'member'],
    rows: [
      {
        path: '/invitations/x',
        email: 'zoe@acme.example',
        organizationName: 'Acme',
        roles: ['member'],
        inviterEmail: 'ada@acme.example',
        mails: 2,
        state: 'open',
      },
    ],
  },
  organizations: [{ id: 'org_1', name: 'Acme', features: ['sso'], ssoRequired: true }],
  members: [
    {
      userId: 'usr_1',
      name: 'Ada Admin',
      email: 'ada@acme.example',
      organizationId: 'org_1',
      organizationName: 'Acme',
      status: 'ACTIVE',
      roles: ['admin'],
      knownRoles: ['admin', 'member'],
    },
  ],
  sessions: [
    { id: 'ses_1', userName: 'Ada', organizationName: 'Acme', startedAt: '2026-11-22T09:00:00Z', status: 'active' },
  ],
  faults: [{ id: 'flt_1', endpoint: 'token', kind: 'status', remaining: 2 }],
  deliveries: [{ at: '2026-11-22T09:30:00Z', url: 'http://127.0.0.1:1/bcl', kind: 'logout token', status: '200' }],
  requests: [
    {
      id: 'req_1',
      at: '2026-11-22T09:00:00Z',
      method: 'GET',
      path: '/first',
      status: 303,
      kind: 'login',
      durationMs: 4,
    },
    {
      id: 'req_2',
      at: '2026-11-22T09:00:01Z',
      method: 'POST',
      path: '/second',
      status: 500,
      kind: 'token',
      durationMs: 9,
      note: 'fault',
    },
  ],
  keys: [{ kid: 'key_1', current: true }],
  selfServe: {
    connections: [
      {
        id: 'conn_1',
        organizationName: 'Acme',
        title: 'Okta by OIDC',
        status: 'COMPLETED',
        enabled: true,
        isUsed: true,
      },
    ],
    domains: [
      { id: 'dom_1', name: 'a.test', organizationName: 'Acme', type: 'ORGANIZATION_DOMAIN', status: 'PENDING' },
    ],
    directories: [
      {
        id: 'dir_1',
        name: 'Okta directory',
        organizationName: 'Acme',
        enabled: true,
        endpoint: 'http://e.test/scim',
        users: [{ id: 'diruser_1', email: 'a@a.test', name: 'A', active: true, groups: ['Leads'] }],
      },
    ],
    portalSessions: [{ id: 'pls_1', organizationName: 'Acme', until: '2026-11-22T15:40:00Z', isOpen: true }],
    portalLinks: [{ id: 'lnk_1', organizationName: 'Acme', at: '2026-11-22T09:40:00Z', state: 'opened' }],
  },
  webhooks: {
    endpoints: ['http://127.0.0.1:1/wh'],
    eventTypes: ['user.login', 'user.logout'],
    isPaused: true,
    deliveries: [
      {
        id: 'msg_1',
        type: 'user.login',
        url: 'http://127.0.0.1:1/wh',
        state: 'retrying',
        attempts: 2,
        at: '2026-11-22T09:40:00Z',
        answer: '500',
      },
    ],
  },
}

/** Closes over the model, so that each row keeps its own types. */
const page = <Model>(name: string, model: Model, render: (model: Model) => string) => ({
  name,
  plain: () => render(model),
  /** Renders once for each string in the model, each time with that one replaced. */
  poisoned: (poison: string) =>
    replacements(model, poison).map(([path, poisoned]) => [path, render(poisoned as Model)] as const),
})

function replacements(value: unknown, poison: string): [path: string, value: unknown][] {
  if (typeof value === 'string') return [['', poison]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => [
    ...replacements(child, poison).map(([path, poisoned]): [string, unknown] => [
      `.${key}${path}`,
      Array.isArray(value)
        ? value.map((item, i) => (String(i) === key ? poisoned : item))
        : { ...value, [key]: poisoned },
    ]),
    ...(Array.isArray(value) ? [] : [[`.${key} (name)`, { ...value, [poison]: child }] as [string, unknown]]),
  ])
}

const pages = [
  page('login', login, renderLogin),
  page('organization picker', picker, renderOrganizationPicker),
  page('SSO simulator', sso, renderSsoSimulator),
  page('portals', portals, renderIdpPortals),
  page('portal', portal, renderIdpPortal),
  page('invitation', invitation, renderInvitation),
  page('sign-up', signUp, renderSignUp),
  page('admin portal', adminPortal, renderPortal),
  page('admin portal, single sign-on', adminSso, renderPortal),
  page('admin portal, directory sync', adminScim, renderPortal),
  page('admin portal, domains', adminDomains, renderPortal),
  page('admin portal, closed', adminPortal.frame, renderPortalOver),
  page('widgets', widgets, renderWidgets),
  page('widgets, start', { ...widgets, open: undefined } as unknown as WidgetsPage, renderWidgets),
  page('notice', notice, renderNotice),
  page('control', control, renderControl),
]

/** The tags of a page with their attribute text, in order. */
const tags = (html: string): string[] => html.match(/<[a-z][^>]*>/g) ?? []
const tagName = (tag: string): string => /^<([a-z0-9]+)/.exec(tag)?.[1] ?? tag

describe.each(pages)('$name', ({ plain, poisoned }) => {
  it('SEC-374 shows every string of its model as text', () => {
    const names = new Set(tags(plain()).map(tagName))
    for (const [path, html] of poisoned(canary)) {
      expect(html, path).not.toContain('<img')
      expect(html, path).not.toContain(canary)
      expect(
        tags(html)
          .map(tagName)
          .filter((name) => !names.has(name)),
        path,
      ).toEqual([])
    }
  })

  it('SEC-374 lets no string of its model become an attribute', () => {
    for (const [path, html] of poisoned('" onfocus="x" onclick=\'y\' ')) {
      expect(html, path).not.toMatch(/ on(?:focus|click)=["']/)
    }
  })

  it('SEC-374 links and posts nowhere but to paths and http(s)', () => {
    for (const [path, html] of poisoned('javascript:alert(1)')) {
      expect(html, path).not.toMatch(/(href|action|src)="javascript:/)
    }
  })

  it('SEC-374 needs no inline script, style or handler', () => {
    expect(plain()).not.toMatch(/<script(?![^>]* src="\/_emulator\/)|<style|\sstyle=|\son[a-z]+=/i)
  })

  it('has one h1, and a title and ribbon that say emulator', () => {
    expect(plain().match(/<h1/g)).toHaveLength(1)
    expect(plain()).toMatch(/<title>[^<]* · Scalekit emulator<\/title>/)
    expect(plain()).toContain('Nothing here is real')
  })

  it('labels every input and uses no id twice', () => {
    const html = plain()
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const input of tags(html).filter((tag) => /^<(input|select)/.test(tag))) {
      const id = / id="([^"]*)"/.exec(input)?.[1]
      const labelled = id === undefined ? html.includes(`<label>${input}`) : html.includes(`<label for="${id}">`)
      expect(labelled, input).toBe(true)
    }
  })

  it('points aria and list references at ids of the page', () => {
    const html = plain()
    for (const [, id] of html.matchAll(/\s(?:aria-labelledby|aria-describedby|list|for)="([^"]*)"/g)) {
      expect(html).toContain(` id="${id}"`)
    }
  })
})

describe('renderLogin', () => {
  it('keeps the e-mail field in a form without the people, so that Enter picks nobody', () => {
    const forms = renderLogin(login).match(/<form[\s\S]*?<\/form>/g) ?? []
    expect(forms.filter((form) => form.includes('name="email"') && form.includes('name="user"'))).toEqual([])
    expect(forms.map((form) => /action="([^"]*)"/.exec(form)?.[1])).toEqual(['/a', '/a', '/c'])
  })

  it('marks the person of the login hint whatever its case', () => {
    const html = renderLogin({ ...login, loginHint: 'ADA@ACME.example' })
    expect(html).toContain('login_hint')
    expect(html).toContain('value="ADA@ACME.example"')
  })

  it('works with nobody seeded', () => {
    expect(renderLogin({ ...login, people: [] })).toContain('Nobody is seeded')
  })
})

describe('renderWidgets', () => {
  it.each([
    ['a whole path', '/ui/profile', 'href="/ui/profile"'],
    ['what follows /ui/', 'profile', 'href="/ui/profile"'],
  ])('links to %s', (_, path, link) => {
    expect(renderWidgets({ ...widgets, widgets: [{ ...membersWidget, path }] })).toContain(link)
  })

  it('lists a hidden widget with its reason and without a link', () => {
    const html = renderWidgets(widgets)
    expect(html).toContain('<b>SCIM</b> <small>feature is off</small>')
    expect(html.match(/href="\/ui\//g)).toHaveLength(1)
  })
})

describe('renderControl', () => {
  it.each([
    ['in log order', [9, 10]],
    ['already turned round', [10, 9]],
  ])('shows the newest request first, %s', (_, ids) => {
    const [request] = control.requests
    const html = renderControl({
      ...control,
      requests: ids.map((id) => ({ ...request!, id: String(id), path: `/nr-${id}` })),
    })
    expect(html.indexOf('/nr-10')).toBeLessThan(html.indexOf('/nr-9'))
  })

  it('shows the newest delivery first, those of one second too', () => {
    const delivery = control.deliveries[0]!
    const urls = ['http://a.test/', 'http://b.test/', 'http://c.test/']
    const html = renderControl({
      ...control,
      deliveries: urls.map((url, i) => ({ ...delivery, url, at: `2026-11-22T09:00:0${i > 1 ? 1 : 0}Z` })),
    })
    expect(urls.toSorted((a, b) => html.indexOf(a) - html.indexOf(b))).toEqual(urls.toReversed())
  })

  it.each([
    ['active', 2],
    ['revoked', 0],
    ['logout', 0],
  ])('offers to revoke a session that is %s: %i buttons', (status, buttons) => {
    const html = renderControl({ ...control, sessions: [{ ...control.sessions[0]!, status }] })
    expect(html.match(/name="notify"/g) ?? []).toHaveLength(buttons)
  })

  it.each([
    [2, '2 left'],
    [0, 'until cleared'],
    [Number.POSITIVE_INFINITY, 'until cleared'],
  ])('says how long a fault waits: %d is %s', (remaining, text) => {
    expect(renderControl({ ...control, faults: [{ ...control.faults[0]!, remaining }] })).toContain(text)
  })

  it('calls only what the control API offers', () => {
    const calls = [...renderControl(control).matchAll(/data-request="([^"]*)"/g)].map(([, call]) => call)
    expect([...new Set(calls)].sort()).toEqual([
      'DELETE /_emulator/connections/conn_1',
      'DELETE /_emulator/directories/dir_1',
      'DELETE /_emulator/directories/dir_1/users/diruser_1',
      'DELETE /_emulator/domains/dom_1',
      'DELETE /_emulator/faults',
      'DELETE /_emulator/requests',
      'DELETE /_emulator/webhooks',
      'DELETE /_emulator/webhooks/deliveries',
      'PATCH /_emulator/directories/dir_1/users/diruser_1',
      'PATCH /_emulator/settings',
      'POST /_emulator/connections',
      'POST /_emulator/directories',
      'POST /_emulator/directories/dir_1/users',
      'POST /_emulator/domains',
      'POST /_emulator/domains/dom_1/verify',
      'POST /_emulator/faults',
      'POST /_emulator/invitations',
      'POST /_emulator/keys/rotate',
      'POST /_emulator/portal-sessions/pls_1/expire',
      'POST /_emulator/reset',
      'POST /_emulator/sessions/ses_1/revoke',
      'POST /_emulator/webhooks/replay',
      'POST /_emulator/webhooks/resume',
      'POST /_emulator/webhooks/send',
      'PUT /_emulator/clock',
      'PUT /_emulator/connections/conn_1/enabled',
      'PUT /_emulator/directories/dir_1/enabled',
      'PUT /_emulator/organizations/org_1/features',
      'PUT /_emulator/organizations/org_1/members/usr_1',
      'PUT /_emulator/organizations/org_1/sso-required',
      'PUT /_emulator/webhooks',
    ])
  })

  it('offers the words of a setting that has only some', () => {
    const html = renderControl({ ...control, settings: { product: 'modular-sso' } })
    expect(html).toContain('<option>full-stack-auth</option><option selected>modular-sso</option>')
  })

  it('keeps an id inside its path segment', () => {
    const html = renderControl({ ...control, sessions: [{ ...control.sessions[0]!, id: 'a/../reset?b c' }] })
    expect(html).toContain('data-request="POST /_emulator/sessions/a%2F..%2Freset%3Fb%20c/revoke"')
  })
})

describe('every page', () => {
  it('has no element that the model made, whatever the model says', () => {
    const count = tags(renderNotice(notice)).length
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (title, detail) => {
        expect(tags(renderNotice({ ...notice, title, detail }))).toHaveLength(count)
      }),
    )
  })
})
