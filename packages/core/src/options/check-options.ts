import * as z from 'zod/mini'
import type { ConfigurationProblem } from '../errors/scalegate-error.js'
import { isWebhookEventType } from '../model/webhook-events.js'
import type { DeliveryStore } from './delivery-store.js'
import { nearMiss } from './near-miss.js'
import type { Plugin } from './plugin.js'
import type { ScalegateOptions } from './scalegate-options.js'
import type { MarkLog, Store } from './store.js'

const text = (error = 'must be a non-empty string') => z.string({ error }).check(z.minLength(1, error))
const seconds = (min: number, max: number) => {
  const error = `must be a whole number of seconds from ${min} to ${max}`
  return z.int(error).check(z.minimum(min, error), z.maximum(max, error))
}
const callable = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'must be a function')

const path = text('must be a path of the app such as /auth/login').check(
  z.refine(isAppPath, 'must begin with one "/", and hold no query, fragment, backslash or control character'),
)
const textList = z.readonly(z.array(text()).check(z.minLength(1, 'must be a string or a list of strings')))
const day = 86_400

const routePaths = z.strictObject({
  login: z.optional(path),
  callback: z.optional(path),
  refresh: z.optional(path),
  logout: z.optional(path),
  backchannelLogout: z.optional(path),
  session: z.optional(path),
  widgets: z.optional(path),
  forbidden: z.optional(path),
  switchOrganization: z.optional(path),
  webhooks: z.optional(path),
})

/** An object of the app that the kit will call. */
const having = (methods: readonly string[], error: string) =>
  z
    .custom<object>((value) => typeof value === 'object' && value !== null, error)
    .check(
      z.refine((value) => missing(value, methods).length === 0, {
        error: ({ input }) => `${error}; it has no ${missing(input, methods).join(', no ')}`,
      }),
    )
const missing = (value: unknown, methods: readonly string[]) =>
  methods.filter((name) => typeof (value as Record<string, unknown>)[name] !== 'function')
const fromZeroToSixty = 'must be a number from 0 to 60, in seconds'
const markMethods = ['write', 'read', 'follow'] as const satisfies readonly (keyof MarkLog)[]
const storeMethods = ['get', 'set', 'delete', 'raise', 'close'] as const satisfies readonly (keyof Store)[]
const deliveryMethods = ['claim', 'complete', 'release', 'latest'] as const satisfies readonly (keyof DeliveryStore)[]

const schema = z.strictObject({
  product: z.optional(z.enum(['full_stack_auth', 'modular_sso'], 'must be "full_stack_auth" or "modular_sso"')),
  issuer: z.optional(text()),
  clientId: z.optional(text()),
  clientSecret: z.optional(text()),
  cookieSecret: z.optional(z.union([text(), textList], 'must be a string or a list of strings')),
  baseUrl: z.optional(text()),
  basePath: z.optional(path),
  paths: z.optional(routePaths),
  scopes: z.optional(
    z.readonly(z.array(text())).check(z.refine((scopes) => scopes.includes('openid'), 'must include "openid"')),
  ),
  audience: z.optional(z.union([text(), textList], 'must be a string or a list of strings')),
  endpoints: z.optional(z.enum(['scalekit', 'discovery'], 'must be "scalekit" or "discovery"')),
  permissions: z.optional(z.union([z.literal('token'), callable], 'must be "token" or a function')),
  session: z.optional(
    z.strictObject({
      cookieName: z.optional(
        text().check(
          z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
          // In any case: browsers hold `__host-` to the same rules.
          z.refine((name) => !/^__(?:host|secure|http)-/i.test(name), {
            error: 'must not begin with a prefix: the kit adds "__Host-" or "__Secure-" where it can hold',
          }),
        ),
      ),
      domain: z.optional(
        // Not an address, which has no subdomains to share a cookie with.
        text().check(
          z.regex(/^(?![\d.]+$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a lower-case host name such as "app.example"'),
        ),
      ),
      storage: z.optional(z.enum(['cookie', 'store'], 'must be "cookie" or "store"')),
      // Strict would hide the cookie from the navigation that comes back from Scalekit (protocol.md §15.10).
      sameSite: z.optional(
        z.enum(['lax', 'none'], 'must be "lax" or "none"; "strict" breaks the way back from the login'),
      ),
      absolute: z.optional(seconds(60, 365 * day)),
      idle: z.optional(seconds(60, 365 * day)),
      refreshBefore: z.optional(seconds(0, 300)),
      cookieBudget: z.optional(
        z.int().check(z.minimum(4096, 'must be at least 4096 bytes'), z.maximum(65_536, 'must be at most 65536 bytes')),
      ),
    }),
  ),
  store: z.optional(
    having(storeMethods, 'must be a store, such as `redisStore(client)` of @scalegate/redis').check(
      z.refine(
        (store) => markMethods.every((name) => typeof (store as Partial<Store>).marks?.[name] === 'function'),
        `must have \`marks\` with the methods ${markMethods.join(', ')}`,
      ),
    ),
  ),
  revocation: z.optional(
    z.strictObject({
      maxStaleness: z.optional(
        z.number(fromZeroToSixty).check(z.minimum(0, fromZeroToSixty), z.maximum(60, fromZeroToSixty)),
      ),
      failOpenFor: z.optional(seconds(0, day)),
    }),
  ),
  transaction: z.optional(
    z.strictObject({
      lifetime: z.optional(seconds(60, 3600)),
      max: z.optional(z.int().check(z.minimum(1), z.maximum(10, 'must be from 1 to 10'))),
    }),
  ),
  login: z.optional(
    z.strictObject({
      returnTo: z.optional(path),
      forward: z.optional(
        z.union(
          [z.literal('unreserved'), z.readonly(z.array(text().check(z.regex(/^[A-Za-z0-9_.-]{1,64}$/))))],
          'must be "unreserved" or a list of plain parameter names',
        ),
      ),
      page: z.optional(path),
      idpInitiatedIssuers: z.optional(z.readonly(z.array(text()))),
    }),
  ),
  logout: z.optional(z.strictObject({ returnTo: z.optional(path) })),
  logoutToken: z.optional(
    z.strictObject({
      typ: z.optional(z.enum(['compat', 'strict'], 'must be "compat" or "strict"')),
      exp: z.optional(z.enum(['required', 'optional'], 'must be "required" or "optional"')),
    }),
  ),
  timeouts: z.optional(
    z.strictObject({
      exchange: z.optional(seconds(1, 60)),
      refresh: z.optional(seconds(1, 60)),
      keys: z.optional(seconds(1, 60)),
    }),
  ),
  clockSkew: z.optional(seconds(0, 300)),
  onLogin: z.optional(callable),
  onSessionsEnded: z.optional(callable),
  webhooks: z.optional(
    z.strictObject({
      secret: z.optional(z.union([text(), textList], 'must be a string or a list of strings')),
      on: z.optional(
        z.record(z.string(), callable, 'must map event types to functions').check(
          z.refine((on) => Object.keys(on).every(isWebhookEventType), {
            error: ({ input }) =>
              `has a handler for ${unknownTypes(input)}, which is no event of Scalekit; use \`onOther\``,
          }),
        ),
      ),
      onOther: z.optional(callable),
      deliveries: z.optional(having(deliveryMethods, 'must be a delivery store')),
    }),
  ),
  plugins: z.optional(z.readonly(z.array(z.custom<Plugin>(isPlugin, 'must be a plugin, such as `adminPortal()`')))),
  onEvent: z.optional(callable),
  errorPage: z.optional(callable),
  fetch: z.optional(callable),
  clock: z.optional(callable),
})

/** Names that other kits use for the same thing, beside plain misspellings. */
const otherNames: Readonly<Record<string, string>> = {
  environmenturl: 'issuer',
  envurl: 'issuer',
  issuerbaseurl: 'issuer',
  domain: 'issuer',
  secret: 'cookieSecret',
  cookieencryptionsecret: 'cookieSecret',
  cookiepassword: 'cookieSecret',
  appbaseurl: 'baseUrl',
  redirecturi: 'baseUrl',
  scope: 'scopes',
  postloginredirect: 'login.returnTo',
  postlogoutredirecturi: 'logout.returnTo',
}

/** What is wrong with the options as written in code; required ones may still come from the environment. */
export function optionProblems(options: ScalegateOptions<never>): readonly ConfigurationProblem[] {
  const result = schema.safeParse(options)
  if (result.success) return []
  return result.error.issues.flatMap((issue) => {
    const path = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.') || 'options', message: issue.message }]
    return issue.keys.map((key) => ({ path: [...path, key].join('.') || 'options', message: unknownOption(key, path) }))
  })
}

function isPlugin(value: unknown): value is Plugin {
  const { name, setUp } = (value ?? {}) as Partial<Plugin>
  return typeof name === 'string' && typeof setUp === 'function'
}

function unknownTypes(on: unknown): string {
  const types = Object.keys(on as object).filter((type) => !isWebhookEventType(type))
  return types.map((type) => `"${type}"`).join(', ')
}

function unknownOption(key: string, parents: readonly string[]): string {
  const group = parents.length === 0 ? schema : schema.shape[parents[0] as 'session']
  const inner = (group as { def?: { innerType?: { shape?: object } }; shape?: object }).def?.innerType?.shape
  const known = Object.keys(inner ?? (group as { shape?: object }).shape ?? {})
  const meant = otherNames[key.toLowerCase().replace(/[^a-z]/g, '')] ?? nearMiss(key, known)
  return meant === undefined ? 'is not an option' : `is not an option; did you mean "${meant}"?`
}

/** A path of the app that stays one when it is emitted: `/..//evil.example` normalises to another host. */
export function isAppPath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!/^\/(?![/\\])[^\\?#\u0000-\u0020\u007f]*$/.test(path)) return false
  const normalised = new URL(path, 'http://app.invalid').pathname
  return normalised === path && !normalised.includes('//')
}
