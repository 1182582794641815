import { defaultSeed, type Emulator, startEmulator } from '@scalegate/emulator'
import type {
  AuditProvider,
  IdpInitiatedLoginRequest,
  Person,
  PersonName,
  ProviderRequest,
  Registration,
  RunningProvider,
} from '@scalegate/testing/audits'

/** Person → e-mail address in the emulator's seed. */
const addresses: Readonly<Record<PersonName, string>> = {
  admin: 'ada@acme.test',
  member: 'max@acme.test',
  guest: 'gil@acme.test',
  bulky: 'bea@globex.test',
}
/** Person → role in their organization. */
const roles: Readonly<Record<PersonName, string>> = { admin: 'admin', member: 'member', guest: 'guest', bulky: 'admin' }
const [machine] = defaultSeed.machines ?? []
if (machine?.audience === undefined) throw new Error('The seed has a machine client with an audience.')
const { id: machineId, secret: machineSecret } = machine
const apiAudience = String(machine.audience)
const kinds: readonly string[] = ['authorize', 'token', 'keys', 'discovery', 'logout']

/** Everybody of Globex has a session of several cookies, and may sign in by SSO like those of Acme; roles and permissions are those of the built-in seed. */
function seedFor(apps: readonly Registration[]) {
  const [acme, globex, ...others] = defaultSeed.organizations
  if (acme === undefined || globex === undefined) throw new Error('The seed has two organizations.')
  return {
    ...defaultSeed,
    organizations: [
      { ...acme, domains: [...acme.domains, 'acme.test'] },
      { ...globex, domains: [...globex.domains, 'globex.test'], claims: { note: 'x'.repeat(1500) } },
      ...others,
    ] as (typeof defaultSeed)['organizations'],
    clients: apps.map((app, index) => ({
      ...clientOf(index),
      name: app.id,
      redirectUris: [app.redirectUri],
      postLogoutRedirectUris: [app.postLogoutRedirectUri],
      backchannelLogoutUri: app.backchannelLogoutUri,
      initiateLoginUri: app.initiateLoginUri,
    })),
  }
}

const clientOf = (index: number) => ({
  id: `skc_10100000000000000${index + 1}`,
  secret: `audit_secret_of_client_${index + 1}`,
})

/** Scalekit's stand-in of this repository. */
export const emulator: AuditProvider = {
  name: 'emulator',
  async start(apps) {
    const running = await startEmulator({
      port: 0,
      seed: seedFor(apps),
      // Only what is registered, as in life.
      settings: { anyLoopbackRedirectUri: false, requirePkce: true, foreignOrganization: 'other' },
    })
    return provider(running, apps)
  },
}

async function provider(running: Emulator, apps: readonly Registration[]): Promise<RunningProvider> {
  const { control } = running
  const { users } = await control.state()
  const person = (name: PersonName): Person => {
    const user = users.find(({ email }) => email === addresses[name])
    const [membership] = user?.memberships ?? []
    if (user === undefined || membership === undefined) throw new Error(`The seed lacks ${addresses[name]}.`)
    return { subject: user.id, organizationId: membership.organizationId }
  }
  const people = { admin: person('admin'), member: person('member'), guest: person('guest'), bulky: person('bulky') }
  const client = (app: string) => clientOf(apps.findIndex(({ id }) => id === app))
  let ahead = 0
  return {
    issuer: running.environmentUrl,
    env: { AUDIT_API_AUDIENCE: apiAudience },
    // By Scalekit's fixed paths the app learns of no promise.
    promisesIss: false,
    accessTokenLifetime: 299,
    people,
    clientOf: client,
    answer(browser, page, name) {
      const sso = /<form method="post" action="([^"]+\/sso)">/.exec(page.text)?.[1]
      if (sso !== undefined) {
        const action = new URL(sso, page.url).href
        return browser.navigate(action, { form: { email: addresses[name], outcome: 'success' }, from: page.url })
      }
      const { subject: user, organizationId: organization } = people[name]
      const form = page.url.endsWith('/organization') ? { organization } : { user }
      return browser.navigate(page.url, { form, from: page.url })
    },
    requests: async () =>
      (await control.requests()).map(
        ({ kind, grantType }): ProviderRequest => ({
          kind: kinds.includes(kind) ? (kind as ProviderRequest['kind']) : 'other',
          ...(grantType === undefined ? {} : { grantType }),
        }),
      ),
    forget: () => control.clearRequests(),
    async fault(fault) {
      const times = { endpoint: 'token', times: 0 } as const
      await control.addFault(
        fault.kind === 'delay' ? { ...times, kind: 'delay', delay: fault.seconds } : { ...times, ...fault },
      )
    },
    clearFaults: () => control.clearFaults(),
    async logoutToken({ app, ...input }) {
      return (await control.logoutToken({ ...input, clientId: client(app).id })).logout_token
    },
    async endSession({ sid }) {
      await control.clearDeliveries()
      await control.revokeSession(sid)
      return (await control.deliveries()).at(-1)?.status ?? 0
    },
    sign: (claims, header = {}) => control.token({ claims, header }),
    async machineToken() {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machineId,
        client_secret: machineSecret,
      })
      const answer = await fetch(`${running.environmentUrl}/oauth/token`, { method: 'POST', body })
      return ((await answer.json()) as { access_token: string }).access_token
    },
    async idpInitiatedLogin({ app, person: name, organizationId, ...input }: IdpInitiatedLoginRequest) {
      const organization = organizationId ?? people[name].organizationId
      const login = { ...input, organizationId: organization, email: addresses[name], clientId: client(app).id }
      return (await control.idpInitiatedLogin(login)).token
    },
    async become(name, role) {
      const { organizationId, subject } = people[name]
      await control.setMember(organizationId, subject, [roles[role]])
    },
    async sendEvent({ app, type, person: name }) {
      const registration = apps.find(({ id }) => id === app)
      if (registration === undefined) throw new Error(`There is no app ${app}.`)
      const { webhookUri, webhookSecrets } = registration
      await control.webhooks.register({ url: webhookUri, secret: webhookSecrets })
      try {
        const { subject: userId, organizationId } = people[name]
        const [delivery] = await control.webhooks.send({ type, userId, organizationId })
        return delivery?.attempts[0]?.status ?? 0
      } finally {
        await control.webhooks.register(null)
      }
    },
    async switchTo(product) {
      await control.settings({ product: product === 'modular_sso' ? 'modular-sso' : 'full-stack-auth' })
    },
    async pass(seconds) {
      ahead += seconds
      await control.clock({ offset: ahead })
    },
    stop: () => running.stop(),
  }
}
