import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * Programs of an app, compiled against the built declarations. They are texts and not files, because some augment
 * `Register` for their whole program. A line that must not compile is marked as such, as in any other type test.
 */
const directory = dirname(fileURLToPath(import.meta.url))

function problems(source: string): string[] {
  const file = join(directory, 'app-under-test.ts')
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    noEmit: true,
    skipLibCheck: true,
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => name === file || fileExists(name)
  host.readFile = (name) => (name === file ? source : readFile(name))
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, source, version, true) : getSourceFile(name, version, ...rest)
  const program = ts.createProgram([file], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ code, messageText }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
}

const head = `
import { Hono } from 'hono'
import { scalegate, type HonoAuth, type ScalegateEnv, type ScalegateOptions, type Session } from '@scalegate/hono'
const auth = scalegate()
type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const sure = <T extends true>() => undefined as unknown as T
`

const programs: readonly (readonly [string, string])[] = [
  [
    'the program of the README, without any type of the app',
    `
const app = new Hono()
app.use('*', auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => {
  sure<Is<typeof c.var.auth, Session>>()
  return c.json(c.var.auth.user)
})
app.get('/', async (c) => {
  const session: Session | null = await auth.session(c)
  return c.text(session?.user.email ?? 'stranger')
})`,
  ],
  [
    'the same with ScalegateEnv',
    `
const app = new Hono<ScalegateEnv>()
app.use(auth)
app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth.user))
app.get('/get', auth.requireAuth(), (c) => c.text(c.get('auth').user.id))`,
  ],
  [
    'a chain narrows too, on every path and on one',
    `
new Hono().use('*', auth).get('/x', (c) => c.text(c.var.auth.user.id))
new Hono().use(auth).get('/x', (c) => c.text(c.var.auth.user.id))
new Hono().use('/area/*', auth, auth.requireAuth()).get('/x', (c) => c.text(c.var.auth.user.id))
const typed: HonoAuth = auth
new Hono().use(typed).get('/x', (c) => c.text(c.var.auth.user.id))`,
  ],
  [
    'without middleware or guard there is no such variable',
    `
const app = new Hono()
app.use('*', auth)
// @ts-expect-error: no guard has typed it
app.get('/open', (c) => c.json(c.var.auth))
// @ts-expect-error: nor this way
app.get('/open', (c) => c.json(c.get('auth')))`,
  ],
  [
    'the session is read only, and its id is text',
    `
new Hono().get('/x', auth.requireAuth(), (c) => {
  const id: string = c.var.auth.user.id
  const email: string | undefined = c.var.auth.user.email
  // @ts-expect-error: an address may be missing
  const address: string = c.var.auth.user.email
  // @ts-expect-error: the session belongs to the kit
  c.var.auth.user.id = 'x'
  return c.json({ id, email, address })
})`,
  ],
  [
    'parameters of the path, variables and bindings of the app come through a guard',
    `
type Env = { Variables: { requestId: string }; Bindings: { GREETING: string } }
const app = new Hono<Env>()
app.get('/orgs/:id/:part?', auth.requireAuth(), (c) => {
  sure<Is<typeof c.var.requestId, string>>()
  sure<Is<typeof c.env.GREETING, string>>()
  const { id, part } = c.req.param()
  sure<Is<typeof id, string>>()
  sure<Is<typeof part, string | undefined>>()
  // @ts-expect-error: no such variable
  c.var.other
  return c.text(c.req.param('id') + c.var.auth.user.id)
})
app.get('/a/:id', auth.requireOrganization((c) => c.req.param('id')), (c) => c.text(c.req.param('id')))
app.get('/b', auth.requireOrganization((c) => c.req.query('org')), auth.requireRole('admin'), (c) => c.text(c.var.auth.user.id))
// @ts-expect-error: an organization is text
auth.requireOrganization(() => 1)`,
  ],
  [
    'readers take the context of any app',
    `
type Env = { Variables: { requestId: string } }
new Hono<Env>().post('/x/:id', auth.requireAuth(), async (c) => {
  const token: string = await auth.accessToken(c, { minimumLifetime: 60 })
  const url: URL = await auth.logout(c)
  const session: Session | null = await auth.session(c)
  return c.json([token, url.href, session?.user.id, auth.widgetsFor(c.var.auth, { features: ['dir_sync'] })])
})`,
  ],
  [
    'a sub-app, and the client of Hono RPC behind a guard',
    `
const routes = new Hono().get('/me', auth.requireAuth(), (c) => c.json({ id: c.var.auth.user.id }))
const app = new Hono().use(auth).route('/api', routes)
import { hc, type InferResponseType } from 'hono/client'
const client = hc<typeof app>('http://localhost')
type Me = InferResponseType<typeof client.api.me.$get>
sure<Is<Me, { id: string }>>()`,
  ],
  [
    'another name for the variable',
    `
const other = scalegate({ property: 'person' })
new Hono().use(other).get('/x', other.requireAuth(), (c) => {
  // @ts-expect-error: it is called person
  c.var.auth
  return c.text(c.var.person.user.id)
})
new Hono<ScalegateEnv<'person'>>().use(other).get('/x', (c) => c.text(c.var.person.user.id))
type Env = { Variables: { auth: number } }
new Hono<Env>().get('/x', other.requireAuth(), (c) => c.json([c.var.auth.toFixed(), c.var.person.user.id]))`,
  ],
  [
    'a misspelt permission of Scalekit does not compile; one of the app does',
    `
auth.requirePermission('sk_org_users_read', 'projects:create')
auth.requireAnyPermission('sk_org_users_read', 'projects:create')
// @ts-expect-error: it is sk_org_users_read
auth.requirePermission('sk_org_user_read')
// @ts-expect-error: the second one
auth.requireAnyPermission('sk_org_users_read', 'sk_org_banana')`,
  ],
  [
    'options are checked by name and type',
    `
const good: ScalegateOptions = { session: { idle: 600 }, permissions: async ({ userId }) => [userId] }
scalegate({ ...good, property: 'session' })
// @ts-expect-error: misspelt
scalegate({ cleintId: 'x' })
// @ts-expect-error: strict breaks the way back
scalegate({ session: { sameSite: 'strict' } })`,
  ],
  [
    'Register names the permissions, roles and claims of the app',
    `
declare module '@scalegate/hono' {
  interface Register {
    permissions: 'projects:create' | 'projects:read'
    roles: 'admin' | 'member'
    claims: { plan: 'free' | 'paid' }
  }
}
auth.requirePermission('projects:create', 'sk_org_users_read')
auth.requireRole('admin')
// @ts-expect-error: not one of them
auth.requirePermission('projects:delete')
// @ts-expect-error: not one of them
auth.requireRole('owner')
new Hono().get('/x', auth.requireAuth(), (c) => {
  const plan: 'free' | 'paid' = c.var.auth.claims.plan
  const roles: readonly ('admin' | 'member')[] = c.var.auth.roles
  // @ts-expect-error: no such claim
  c.var.auth.claims.other
  return c.json({ plan, roles })
})`,
  ],
]

describe('the built declarations', () => {
  it.each(programs)(
    '%s',
    (_label, source) => {
      expect(problems(head + source)).toEqual([])
    },
    60_000,
  )

  it('fit the change that the README shows', () => {
    const readme = readFileSync(join(directory, '../README.md'), 'utf8')
    const [, diff = ''] = /```diff\n([\s\S]*?)```/.exec(readme) ?? []
    const lines = diff.split('\n').filter((line) => !line.startsWith('-'))
    const program = lines.map((line) => line.slice(1)).join('\n')
    expect(program).toContain("import { scalegate } from '@scalegate/hono'")
    expect(problems(program)).toEqual([])
  }, 60_000)

  it('are not just any: a wrong line is found', () => {
    expect(problems(`${head}\nconst id: number = auth.session`)).toEqual([expect.stringMatching(/^TS2322/)])
  }, 60_000)
})
