import {
  createExpiringMap,
  createRateLimit,
  definePlugin,
  type ExpiringMap,
  type Fields,
  isPluginError,
  isScalegateError,
  managementClient,
  type Plugin,
  PluginError,
  type PluginKit,
} from '@scalegate/core/plugin'
import { domainName, emailDomain } from './email-domain.js'

export interface SsoOptions {
  /**
   * The app's other login, for people without single sign-on: a path of the app. It gets `return_to` as it was sent, so
   * check it before you redirect, and never the address. @defaultValue the login route, where Scalekit offers its other ways to log in
   */
  readonly otherwise?: string
  /** Seconds for which a domain is remembered; 0 asks each time. @defaultValue 60 */
  readonly remember?: number
}

/** Who is to log in, by the strongest thing that is known: the first one here wins, as at Scalekit (protocol.md §1.3). */
export interface LoginSelectors {
  /** A social login, such as `google`. */
  readonly provider?: string | undefined
  readonly connectionId?: string | undefined
  readonly organizationId?: string | undefined
  readonly domain?: string | undefined
  readonly email?: string | undefined
  /** A path of the app. */
  readonly returnTo?: string | undefined
}

/** What is known of a domain. */
export type Discovery =
  | { readonly sso: false }
  | { readonly sso: true; readonly connectionId: string; readonly organizationId?: string }

/** `auth.sso` */
export interface SsoApi {
  /**
   * Whether people of this address log in by single sign-on: their domain is that of an organization with a connection that
   * is complete and enabled. Sub-domains are other domains. False for what is no address.
   *
   * @throws ManagementError
   */
  hasSso(email: string): Promise<boolean>
  /** The same with the connection. @throws ManagementError */
  discover(email: string): Promise<Discovery>
  /** The address of the login route for these selectors; weaker ones than the strongest are left out. */
  loginUrl(selectors: LoginSelectors): URL
}

/**
 * SSO discovery as a plugin: `POST sso` takes the login form of the app (`email`, or a stronger selector, and `return_to`). It
 * leads people with single sign-on to the login route and others to the app's other login; programs are told where.
 * For apps that keep users and sessions of their own too (modular SSO).
 *
 * @throws TypeError for a path that is none, RangeError for a number of seconds that is none.
 */
export function sso(options: SsoOptions = {}): Plugin<'sso', SsoApi> {
  const { otherwise, remember = 60 } = options
  if (otherwise !== undefined && !/^\/(?![/\\])[^\\?#\s]*$/.test(otherwise))
    throw new TypeError('sso({ otherwise }) must be a path of the app such as /login/password.')
  if (!(remember >= 0 && remember <= 3600)) throw new RangeError('sso({ remember }) must be seconds from 0 to 3600.')
  return definePlugin({
    name: 'sso',
    setUp(kit) {
      const discover = createDomainReader(kit, remember)
      const count = createRateLimit(kit, { name: 'discoveries', max: 300, seconds: 60 })
      /** Null where nobody can say now. Scalekit looks for the connection itself, so nobody is kept from logging in. */
      const ask = async (domain: string): Promise<boolean | null> => {
        try {
          if (!discover.isRemembered(domain)) count('all')
          return (await discover.of(domain)).sso
        } catch (error) {
          if (isPluginError(error) || isScalegateError(error, 'management_unavailable')) return null
          throw error
        }
      }
      const api: SsoApi = {
        hasSso: async (email) => (await api.discover(email)).sso,
        async discover(email) {
          const domain = emailDomain(email)
          return domain === undefined ? { sso: false } : discover.of(domain)
        },
        loginUrl: (selectors) => withSelectors(new URL(kit.urlOf(kit.settings().paths.login)), selectors),
      }
      return {
        api,
        routes: {
          sso: {
            post: {
              open: true,
              async answer(call) {
                const selectors = selectorsOf(await call.fields())
                const { email, connectionId, organizationId, domain, provider } = selectors
                const stronger = provider ?? connectionId ?? organizationId
                if (stronger === undefined && domain === undefined && emailDomain(email ?? '') === undefined)
                  throw new PluginError({
                    code: 'email_invalid',
                    status: 400,
                    title: 'That is no e-mail address.',
                    field: 'email',
                  })
                const found = stronger !== undefined || (await ask(domain ?? emailDomain(email ?? '') ?? ''))
                const url = found === false ? otherLogin(kit, otherwise, selectors) : api.loginUrl(selectors)
                if (!call.navigates) return call.done({ sso: found, login_url: url.href })
                return call.leave({ href: url.href, title: 'Taking you to the login', label: 'Log in' })
              },
            },
          },
        },
      }
    },
  })
}

interface DomainReader {
  readonly of: (domain: string) => Promise<Discovery>
  readonly isRemembered: (domain: string) => boolean
}

/** Domain → connection, remembered: a login form asks for the same few domains all day. */
function createDomainReader(kit: PluginKit, seconds: number): DomainReader {
  const scalekit = managementClient(kit)
  const remembered = () =>
    kit.slot<ExpiringMap<Discovery>>('domains', () => createExpiringMap({ clock: kit.clock, capacity: 10_000 }))
  return {
    isRemembered: (domain) => remembered().get(domain) !== undefined,
    of: async (domain) => remembered().get(domain) ?? look(domain),
  }

  async function look(domain: string): Promise<Discovery> {
    const listed = await scalekit().connections.listByDomain({ domain })
    // The list has those that are complete and enabled; a password is a connection too, and no single sign-on.
    const found = listed.find(({ type, enabled }) => enabled !== false && (type === 'OIDC' || type === 'SAML'))
    const discovery = found === undefined ? ({ sso: false } as const) : connection(found)
    remembered().set(domain, discovery, kit.clock() + seconds)
    return discovery
  }
}

function connection({ id, organizationId }: { readonly id: string; readonly organizationId?: string }): Discovery {
  return { sso: true, connectionId: id, ...(organizationId === undefined ? {} : { organizationId }) }
}

/** @throws PluginError email_invalid, selector_invalid (400) */
function selectorsOf(fields: Fields): LoginSelectors {
  const domain = fields.one('domain')
  const name = domain === undefined ? undefined : domainName(domain)
  const selectors = {
    provider: fields.one('provider'),
    connectionId: fields.one('connection_id'),
    organizationId: fields.one('organization_id'),
  }
  const odd = Object.values(selectors).some((value) => value !== undefined && !/^[\w-]{1,100}$/.test(value))
  if (odd || (domain !== undefined && name === undefined))
    throw new PluginError({ code: 'selector_invalid', status: 400, title: 'That names nobody who could log in.' })
  return { ...selectors, domain: name, email: fields.one('email'), returnTo: fields.one('return_to') }
}

function withSelectors(url: URL, selectors: LoginSelectors): URL {
  const { provider, connectionId, organizationId, domain, email, returnTo } = selectors
  const strongest: readonly (readonly [string, string | undefined])[] = [
    ['provider', provider],
    ['connection_id', connectionId],
    ['organization_id', organizationId],
    ['domain', domain],
  ]
  const [chosen] = strongest.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
  if (chosen !== undefined) url.searchParams.set(...(chosen as [string, string]))
  // The address fills in the form at Scalekit, and finds the connection where nothing stronger is known.
  if (email !== undefined && emailDomain(email) !== undefined)
    url.searchParams.set('login_hint', email.normalize('NFKC').trim())
  if (returnTo !== undefined) url.searchParams.set('return_to', returnTo)
  return url
}

function otherLogin(kit: PluginKit, otherwise: string | undefined, selectors: LoginSelectors): URL {
  if (otherwise === undefined) return withSelectors(new URL(kit.urlOf(kit.settings().paths.login)), selectors)
  const url = new URL(kit.urlOf(otherwise))
  if (selectors.returnTo !== undefined) url.searchParams.set('return_to', selectors.returnTo)
  return url
}
