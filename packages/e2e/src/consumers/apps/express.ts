/** The app of design.md §1 on Express: for plain JavaScript, by the way it loads packages. */
export const javascript = {
  CommonJS: program(`
const express = require('express')
const { scalegate } = require('@scalegate/express')
const { hasPermission } = require('@scalegate/core/permissions')
`),
  ESM: program(`
import express from 'express'
import { scalegate } from '@scalegate/express'
import { hasPermission } from '@scalegate/core/permissions'
`),
} as const

function program(imports: string): string {
  return `${imports}
const app = express()
const auth = scalegate()
app.use(auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => {
  res.json({ user: req.auth.user, mayRead: hasPermission(req.auth.permissions, 'sk_org_users_read') })
})
${listening()}`
}

/** The same in TypeScript, with the app's own permissions registered. It compiles to CommonJS and to ESM. */
export const typescript = `
import { hasPermission } from '@scalegate/core/permissions'
import { isScalegateError, scalegate, type Session } from '@scalegate/express'
import express, { type ErrorRequestHandler } from 'express'

declare module '@scalegate/express' {
  interface Register {
    permissions: 'projects:read'
  }
}

const auth = scalegate()
export const app = express()
app.use(auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => {
  const { user }: Session = req.auth
  res.json({ user, mayRead: hasPermission(req.auth.permissions, 'sk_org_users_read') })
})
app.get('/projects/:id', auth.requirePermission('projects:read', 'sk_org_users_read'), (req, res) => {
  const id: string = req.params.id
  res.json({ id })
})
export const misspelt = [
  // @ts-expect-error: not a permission of this app
  () => auth.requirePermission('projects:raed'),
  // @ts-expect-error: not a permission of Scalekit
  () => auth.requirePermission('sk_org_users_raed'),
  // @ts-expect-error: a session has no such member, so it is not just any
  (session: Session) => session.usr,
]
const onError: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  res.status(500).json({ code: isScalegateError(error) ? error.code : 'unknown' })
}
app.use(onError)
${listening()}`

/** For programs in which `req.auth` is another library's: it stays as that library says. */
export const withoutAugmentation = `
import { scalegate } from '@scalegate/express/no-augment'
import express from 'express'

declare global {
  namespace Express {
    interface Request {
      auth?: { readonly scope: string }
    }
  }
}

const auth = scalegate({ property: 'session' })
const app = express()
app.use(auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => {
  const scope: string | undefined = req.auth?.scope
  const { session } = req as unknown as { session: { user: object } }
  res.json({ user: session.user, scope })
})
${listening()}`

function listening(): string {
  return `
app.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  console.log(\`listening on http://127.0.0.1:\${process.env['PORT']}\`)
})
`
}
