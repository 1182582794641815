import { createRequire } from 'node:module'
import { scalegate } from '@scalegate/express'
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import type { AppOnFramework, AppPlan, Framework } from './app.js'
import type { Asking, GuardOf, Reply } from './app-routes.js'

const express4 = createRequire(import.meta.url)('express4') as typeof express

type Version = Exclude<Framework, 'Hono'>

export function appOnExpress(version: Version, { options, before, areas, routes, errors }: AppPlan): AppOnFramework {
  const app: Express = version === 'Express 4' ? express4() : express()
  const auth = scalegate(options)
  const parameter = (name: string) => (req: Request) => String(req.params[name])
  const guards = (...asked: readonly (GuardOf | undefined)[]) =>
    asked.flatMap((guard) => (guard === undefined ? [] : [guard(auth, parameter) as RequestHandler]))
  const askingOf = (req: Request): Asking => ({
    person: () => req.auth,
    caller: () => auth.bearer(req),
    session: () => auth.session(req),
    accessToken: () => auth.accessToken(req),
    logout: () => auth.logout(req),
  })

  before.express?.(app)
  app.use(auth)
  for (const [path, guard] of areas) app.use(path, guards(guard))
  for (const { method = 'get', path, guard, answer } of routes)
    app[method](path, guards(guard), async (req: Request, res: Response, next: NextFunction) => {
      // Express 4 does not wait for promises.
      try {
        await send(res, await answer(askingOf(req)))
      } catch (error) {
        next(error)
      }
    })
  app.use(
    (
      error: Error & { code?: string; status?: number; headers?: Record<string, string> },
      _: Request,
      res: Response,
      next: NextFunction,
    ) => {
      errors.push(error)
      if (res.headersSent) return next(error)
      const { status = 500, headers = {}, code = 'unknown' } = error
      res.status(status).set(headers).type('text').send(`app error page: ${code}`)
    },
  )
  return { auth, listener: app }
}

async function send(res: Response, { headers = {}, cookies, first, body }: Reply): Promise<void> {
  res.set(headers)
  // Over whatever stands there: apps do, and the kit's own cookies have to come through that.
  if (cookies !== undefined) res.setHeader('Set-Cookie', [...cookies])
  if (first === undefined) {
    res.send(typeof body === 'function' ? await body() : body)
    return
  }
  res.flushHeaders()
  res.write(first)
  res.end(typeof body === 'function' ? await body() : body)
}
