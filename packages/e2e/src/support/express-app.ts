import { createRequire } from 'node:module'
import { type ExpressAuth, type ExpressOptions, type ScalegateEvent, scalegate } from '@scalegate/express'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { type Listening, listen } from './listen.js'

const express4 = createRequire(import.meta.url)('express4') as typeof express

export type ExpressVersion = 4 | 5

export interface RunningApp {
  readonly origin: string
  readonly auth: ExpressAuth
  readonly events: ScalegateEvent[]
  /** Errors that reached the framework's own handler. */
  readonly errors: unknown[]
  readonly close: () => Promise<void>
}

export interface AppSetup {
  readonly version?: ExpressVersion
  /** Where to answer; an address reserved before. */
  readonly on?: Listening
  readonly options: ExpressOptions
  readonly before?: (app: Express) => void
  readonly routes?: (app: Express, auth: ExpressAuth) => void
}

/** A small app on a real socket: a public page, guarded ones, and a handler that hands out the access token. */
export async function startApp(setup: AppSetup): Promise<RunningApp> {
  const { version = 5, before, routes } = setup
  const events: ScalegateEvent[] = []
  const errors: unknown[] = []
  const app = version === 4 ? express4() : express()
  const socket = setup.on ?? (await listen())
  const { origin, close } = socket
  const auth = scalegate({
    cookieSecret: testSecret,
    baseUrl: origin,
    onEvent: (event) => void events.push(event),
    ...setup.options,
  })
  before?.(app)
  app.use(auth)
  app.get('/', async (req: Request, res: Response, next: NextFunction) => {
    auth
      .session(req)
      .then((session) => res.type('html').send(session === null ? 'stranger' : `hello ${session.user.id}`), next)
  })
  app.get('/public', (_: Request, res: Response) => void res.set('Cache-Control', 'public, max-age=60').send('public'))
  app.get('/private', auth.requireAuth(), (req: Request, res: Response) => void res.json(req.auth))
  app.post('/private', auth.requireAuth(), (req: Request, res: Response) => void res.json({ posted: req.auth.user.id }))
  app.get(
    '/members',
    auth.requirePermission('sk_org_users_read'),
    (req: Request, res: Response) => void res.json(req.auth.user),
  )
  app.get(
    '/sso',
    auth.requirePermission('sk_org_sso_manage'),
    (req: Request, res: Response) => void res.json(req.auth.user),
  )
  app.get('/unguarded', (req: Request, res: Response) => void res.json(req.auth))
  app.get('/token', (req: Request, res: Response, next: NextFunction) => {
    auth.accessToken(req).then((token) => res.send(token), next)
  })
  app.post('/leave', (req: Request, res: Response, next: NextFunction) => {
    auth.logout(req).then((url) => res.json({ url: url.href }), next)
  })
  routes?.(app, auth)
  app.use(
    (
      error: Error & { status?: number; headers?: Record<string, string> },
      _: Request,
      res: Response,
      next: NextFunction,
    ) => {
      errors.push(error)
      if (res.headersSent) return next(error)
      res
        .status(error.status ?? 500)
        .set(error.headers ?? {})
        .type('text')
        .send(`app error page: ${(error as { code?: string }).code ?? 'unknown'}`)
    },
  )
  socket.serve(app as never)
  return { origin, auth, events, errors, close }
}

export const testSecret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
