export type Framework = 'express' | 'hono'

/** One server to measure, in one regime. */
export interface Subject {
  readonly id: string
  readonly framework: Framework
  readonly title: string
  /** The file below `servers/`. */
  readonly program: string
  /**
   * What each request carries: nothing; one cookie of a person who logged in; or a cookie that this server has never
   * seen. `one` is also what a library without a memory gets, since every cookie costs it the same.
   */
  readonly cookies: 'none' | 'one' | 'new'
  /** Where a store in Redis is used, beside memory: what of a session lies there. */
  readonly storage?: 'cookie' | 'store'
  /** False where the server does not look at who is calling. */
  readonly guarded: boolean
}

/** In the order of the table. The first of each framework is what the others are compared with. */
export const subjects: readonly Subject[] = [
  bare('express', 'Express 5'),
  scalegate('express', 'one'),
  scalegate('express', 'new'),
  withRedis('cookie'),
  withRedis('store'),
  rival('express', 'express-openid-connect', 'express-openid-connect'),
  bare('hono', 'Hono'),
  {
    id: 'hono-reading',
    framework: 'hono',
    title: 'a middleware that reads Cookie',
    program: 'hono-reading.mjs',
    cookies: 'one',
    guarded: false,
  },
  scalegate('hono', 'one'),
  scalegate('hono', 'new'),
  rival('hono', 'hono-oidc-auth', '@hono/oidc-auth'),
]

function bare(framework: Framework, title: string): Subject {
  const id = `${framework}-bare`
  return { id, framework, title: `${title}, bare`, program: `${id}.mjs`, cookies: 'none', guarded: false }
}

function scalegate(framework: Framework, cookies: 'one' | 'new'): Subject {
  const regime = cookies === 'one' ? 'cookie seen before' : 'cookie never seen'
  return {
    id: `${framework}-scalegate-${cookies}`,
    framework,
    title: `Scalegate, ${regime}`,
    program: `${framework}-scalegate.mjs`,
    cookies,
    guarded: true,
  }
}

function withRedis(storage: 'cookie' | 'store'): Subject {
  const what = storage === 'cookie' ? 'revocations in Redis' : 'sessions in Redis'
  return {
    id: `express-scalegate-redis-${storage}`,
    framework: 'express',
    title: `Scalegate, ${what}`,
    program: 'express-scalegate-redis.mjs',
    cookies: 'one',
    guarded: true,
    storage,
  }
}

function rival(framework: Framework, id: string, title: string): Subject {
  return { id, framework, title, program: `${id}.mjs`, cookies: 'one', guarded: true }
}
