import type { BearerRequirement, Caller, Session } from '@scalegate/hono'

/** The guards of a kit, as far as all adapters have the same. */
export interface Guards {
  requireAuth(): unknown
  requirePermission(...permissions: readonly string[]): unknown
  requireAnyPermission(...permissions: readonly string[]): unknown
  requireRole(...roles: readonly string[]): unknown
  /** With what `Parameter` gives, or a fixed one. */
  requireOrganization(organization: unknown): unknown
  requireRecentLogin(seconds: number): unknown
  requireFresh(): unknown
  requireBearer(requirement: BearerRequirement): unknown
}

/** Reads a parameter of the path from the request, in the words of the framework. */
export type Parameter = (name: string) => unknown

export type GuardOf = (auth: Guards, parameter: Parameter) => unknown

/** What a handler can learn from the kit about its request. */
export interface Asking {
  /** The session behind a guard: `req.auth`, `c.var.auth`. */
  readonly person: () => Session
  /** Who calls an API, behind `requireBearer`. */
  readonly caller: () => Caller
  readonly session: () => Promise<Session | null>
  readonly accessToken: () => Promise<string>
  readonly logout: () => Promise<URL>
}

export interface Reply {
  readonly headers?: Readonly<Record<string, string>>
  /** `Set-Cookie` lines of the app. */
  readonly cookies?: readonly string[]
  /** Leaves at once, with the headers, before there is a `body`. */
  readonly first?: string
  /** Text is sent as a page, or at the end of what left first; everything else as JSON. */
  readonly body: string | object | (() => Promise<string>)
}

export interface Route {
  /** @defaultValue get */
  readonly method?: 'get' | 'post'
  readonly path: string
  readonly guard?: GuardOf
  /** True where requests with validators are compared. Express does that everywhere, Hono where `etag()` stands. */
  readonly validated?: true
  readonly answer: (asking: Asking) => Reply | Promise<Reply>
}

const signedIn: GuardOf = (auth) => auth.requireAuth()

/** The routes that every app has. */
export const appRoutes: readonly Route[] = [
  {
    path: '/',
    answer: async ({ session }) => {
      const person = await session()
      return { body: person === null ? 'stranger' : `hello ${person.user.id}` }
    },
  },
  { path: '/public', answer: () => ({ headers: { 'Cache-Control': 'public, max-age=60' }, body: 'public' }) },
  { path: '/private', guard: signedIn, validated: true, answer: ({ person }) => ({ body: person() }) },
  {
    method: 'post',
    path: '/private',
    guard: signedIn,
    answer: ({ person }) => ({ body: { posted: person().user.id } }),
  },
  {
    path: '/members',
    guard: (auth) => auth.requirePermission('sk_org_users_read'),
    answer: ({ person }) => ({ body: person().user }),
  },
  {
    path: '/sso',
    guard: (auth) => auth.requirePermission('sk_org_sso_manage'),
    answer: ({ person }) => ({ body: person().user }),
  },
  { path: '/unguarded', answer: ({ person }) => ({ body: person() }) },
  { path: '/token', answer: async ({ accessToken }) => ({ body: await accessToken() }) },
  { method: 'post', path: '/leave', answer: async ({ logout }) => ({ body: { url: (await logout()).href } }) },
]
