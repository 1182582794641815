/** The app of design.md §1 on Hono: for plain JavaScript, by the way it loads packages. */
export const javascript = {
  CommonJS: program(`
const { serve } = require('@hono/node-server')
const { Hono } = require('hono')
const { scalegate } = require('@scalegate/hono')
`),
  ESM: program(`
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { scalegate } from '@scalegate/hono'
`),
} as const

function program(imports: string): string {
  return `${imports}
const auth = scalegate()
const app = new Hono()
app.use(auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth.user))
${listening()}`
}

/** The same in TypeScript, with the app's own permissions registered. */
export const typescript = `
import { serve } from '@hono/node-server'
import { scalegate, type Session } from '@scalegate/hono'
import { Hono } from 'hono'

declare module '@scalegate/hono' {
  interface Register {
    permissions: 'projects:read'
  }
}

const auth = scalegate()
export const app = new Hono()
app.use(auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => {
  const { user }: Session = c.var.auth
  return c.json(user)
})
app.get('/projects/:id', auth.requirePermission('projects:read'), (c) => {
  const id: string = c.req.param('id')
  return c.json({ id, name: c.var.auth.user.name })
})
export const misspelt = [
  // @ts-expect-error: not a permission of this app
  () => auth.requirePermission('projects:raed'),
  // @ts-expect-error: not a permission of Scalekit
  () => auth.requirePermission('sk_org_users_raed'),
  // @ts-expect-error: without a guard there is no session
  () => app.get('/unguarded', (c) => c.json(c.var.auth)),
]
${listening()}`

function listening(): string {
  return `
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) }, ({ port }) => {
  console.log(\`listening on http://127.0.0.1:\${port}\`)
})
`
}
