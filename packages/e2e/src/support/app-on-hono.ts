import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type ScalegateEnv, scalegate } from '@scalegate/hono'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import { stream } from 'hono/streaming'
import type { AppOnFramework, AppPlan } from './app.js'
import type { Asking, GuardOf, Reply } from './app-routes.js'

type AppContext = Context<ScalegateEnv>

export function appOnHono({ options, before, areas, routes, errors }: AppPlan): AppOnFramework {
  const app = new Hono<ScalegateEnv>()
  const auth = scalegate(options)
  const parameter = (name: string) => (c: Context) => c.req.param(name)
  const guards = (...asked: readonly (GuardOf | undefined)[]) =>
    asked.flatMap((guard) => (guard === undefined ? [] : [guard(auth, parameter) as MiddlewareHandler<ScalegateEnv>]))
  const askingOf = (c: AppContext): Asking => ({
    person: () => c.var.auth,
    caller: () => auth.bearer(c),
    session: () => auth.session(c),
    accessToken: () => auth.accessToken(c),
    logout: () => auth.logout(c),
  })

  before.hono?.(app as unknown as Hono)
  app.use(auth)
  for (const [path, guard] of areas) app.use(`${path}/*`, ...guards(guard))
  for (const { method = 'get', path, guard, validated, answer } of routes) {
    const middleware = [...(validated ? [etag()] : []), ...guards(guard)]
    app.on(method.toUpperCase(), [path], ...middleware, async (c: AppContext) => send(c, await answer(askingOf(c))))
  }
  app.onError((error: Error & { code?: string; status?: number; headers?: Record<string, string> }, c) => {
    errors.push(error)
    const { status = 500, headers = {}, code = 'unknown' } = error
    return c.text(`app error page: ${code}`, status as 500, headers)
  })
  // What Hono does not hand to `onError` ends in the server, and would be seen by nobody.
  const fetch = async (request: Request, env: object) => {
    try {
      return await app.fetch(request, env)
    } catch (error) {
      errors.push(error)
      throw error
    }
  }
  return { auth, listener: getRequestListener(fetch) as RequestListener }
}

async function send(c: AppContext, { headers = {}, cookies = [], first, body }: Reply): Promise<Response> {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  for (const line of cookies) c.header('Set-Cookie', line, { append: true })
  if (first !== undefined)
    return stream(c, async (out) => {
      await out.write(first)
      await out.write(await textOf(body))
    })
  return typeof body === 'object' ? c.json(body) : c.html(await textOf(body))
}

async function textOf(body: Reply['body']): Promise<string> {
  const whole = typeof body === 'function' ? await body() : body
  return typeof whole === 'string' ? whole : JSON.stringify(whole)
}
