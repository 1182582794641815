import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  type AuditProvider,
  NotApplicable,
  type Person,
  type PersonName,
  type ProviderRequest,
  type Registration,
  type RunningProvider,
} from '@scalegate/testing/audits'

const scalekit = ['settings', 'users', 'sso', 'scim']
  .flatMap((area) => [`sk_org_${area}_read`, `sk_org_${area}_manage`])
  .concat('projects:read')
const own = 'org_audited'

/** What the access tokens of each person say, by the engine's hook for claims. `also` is another organization they may enter. */
const claims: Readonly<Record<PersonName, Readonly<Record<string, unknown>>>> = {
  admin: { oid: own, roles: ['admin'], permissions: scalekit },
  member: { oid: own, roles: ['member'], permissions: ['sk_org_settings_read', 'sk_org_users_read', 'projects:read'] },
  guest: { oid: own, roles: ['guest'], permissions: ['projects:read'] },
  bulky: { oid: 'org_others', also: own, roles: ['admin'], permissions: scalekit, note: 'x'.repeat(1500) },
}
const subjects: Readonly<Record<PersonName, string>> = {
  admin: 'ada_of_audits',
  member: 'max_of_audits',
  guest: 'gil_of_audits',
  bulky: 'bea_of_audits',
}
const program = fileURLToPath(new URL('./plain-provider.mjs', import.meta.url))

/** `oidc-provider` as it comes: certified, and nobody here wrote it. Apps find it by discovery. */
export const plainProvider: AuditProvider = { name: 'oidc-provider', start }

async function start(apps: readonly Registration[]): Promise<RunningProvider> {
  const bySubject = Object.fromEntries(Object.entries(subjects).map(([name, sub]) => [sub, claims[name as PersonName]]))
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, AUDIT_REGISTRATIONS: JSON.stringify(apps), AUDIT_PEOPLE: JSON.stringify(bySubject) },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { issuer, audience, clients } = await new Promise<Started>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The plain provider ended with ${code}.`)))
    // The engine prints remarks about its development pages before.
    createInterface(child.stdout).on('line', (line) => line.startsWith('{') && resolve(JSON.parse(line) as Started))
  })
  const call = async <T = unknown>(path: string, body?: unknown): Promise<T> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    return (await fetch(`${issuer}/_audit/${path}`, init)).json() as Promise<T>
  }
  const person = (name: PersonName): Person => ({ subject: subjects[name], organizationId: String(claims[name].oid) })
  let ahead = 0
  return {
    issuer,
    env: { AUDIT_ENDPOINTS: 'discovery', AUDIT_AUDIENCE: audience, AUDIT_API_AUDIENCE: audience },
    promisesIss: true,
    accessTokenLifetime: 299,
    people: { admin: person('admin'), member: person('member'), guest: person('guest'), bulky: person('bulky') },
    clientOf(app) {
      const client = clients[apps.findIndex(({ id }) => id === app)]
      if (client === undefined) throw new Error(`There is no app ${app}.`)
      return client
    },
    /** Types the name and a password into the engine's own development pages, and consents. */
    answer(browser, page, name) {
      const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? ''
      const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? page.url
      const form = prompt === 'login' ? { prompt, login: subjects[name], password: 'anything' } : { prompt }
      return browser.navigate(new URL(action, page.url).href, { form, from: page.url })
    },
    requests: () => call<ProviderRequest[]>('requests'),
    forget: async () => void (await call('forget', {})),
    fault: async (fault) => void (await call('fault', fault)),
    clearFaults: async () => void (await call('fault', {})),
    logoutToken: async (input) => (await call<{ token: string }>('logout-token', input)).token,
    endSession: async (input) => (await call<{ status: number }>('end-session', input)).status,
    sign: async (given, header = {}) => (await call<{ token: string }>('sign', { claims: given, header })).token,
    machineToken: async () => (await call<{ token: string }>('machine-token', {})).token,
    /** The engine knows of no such login; the claims are those of Scalekit. */
    async idpInitiatedLogin({ person: name, organizationId, relayState, claims: changes }) {
      const now = Math.floor(Date.now() / 1000) + ahead
      const token = {
        iss: issuer,
        organization_id: organizationId ?? claims[name].oid,
        connection_id: 'conn_audited',
        login_hint: `${name}@audited.test`,
        ...(relayState === undefined ? {} : { relay_state: relayState }),
        iat: now,
        nbf: now,
        exp: now + 300,
        ...changes,
      }
      const present = Object.fromEntries(Object.entries(token).filter(([, value]) => value !== null))
      return (await call<{ token: string }>('sign', { claims: present, header: {} })).token
    },
    async become(name, role) {
      const { roles, permissions } = claims[role]
      await call('person', { sub: subjects[name], claims: { ...claims[name], roles, permissions } })
    },
    sendEvent: async () => {
      throw new NotApplicable('oidc-provider sends no events.')
    },
    async switchTo(product) {
      if (product === 'modular_sso')
        throw new NotApplicable('oidc-provider keeps people and sessions itself, and brokers nothing.')
    },
    async pass(seconds) {
      ahead += seconds
      await call('clock', { ahead })
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
    },
  }
}

interface Started {
  readonly issuer: string
  readonly audience: string
  readonly clients: readonly { readonly id: string; readonly secret: string }[]
}
