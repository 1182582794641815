import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * Programs of an app, compiled against the built declarations. They are texts and not files, because each augments
 * `Register` for its whole program. A line that must not compile is marked as such, as in any other type test.
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
import express from 'express'
import { scalegate, type Session, type ScalegateOptions } from '@scalegate/express'
const auth = scalegate()
const app = express()
app.use(auth)
`

const programs: readonly (readonly [string, string])[] = [
  [
    'the program of the README',
    `${head}
app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => { res.json(req.auth.user) })
app.get('/', async (req, res) => {
  const session: Session | null = await auth.session(req)
  res.send(session?.user.email ?? 'stranger')
})`,
  ],
  [
    'behind a guard the user is there, and its id is text',
    `${head}
app.get('/x', auth.requireAuth(), (req, res) => {
  const id: string = req.auth.user.id
  const email: string | undefined = req.auth.user.email
  // @ts-expect-error: an address may be missing
  const sure: string = req.auth.user.email
  // @ts-expect-error: the session belongs to the kit
  req.auth.user.id = 'x'
  res.json({ id, email, sure })
})`,
  ],
  [
    'parameters of the path are inferred through a guard',
    `${head}
app.get('/orgs/:id', auth.requireAuth(), (req, res) => {
  const id: string = req.params.id
  res.send(id)
})
app.get('/orgs/:id', auth.requireOrganization((req) => String(req.params['id'])), (req, res) => { res.send(req.params.id) })
app.post('/a/:b', express.json(), auth.requirePermission('a:b', 'sk_org_sso_read'), async (req, res) => { res.send(req.params.b) })`,
  ],
  [
    'a misspelt permission of Scalekit does not compile; one of the app does',
    `${head}
auth.requirePermission('sk_org_users_read', 'projects:create')
auth.requireAnyPermission('sk_org_users_read', 'projects:create')
// @ts-expect-error: it is sk_org_users_read
auth.requirePermission('sk_org_user_read')
// @ts-expect-error: the second one
auth.requireAnyPermission('sk_org_users_read', 'sk_org_banana')`,
  ],
  [
    'options are checked by name and type',
    `${head}
const good: ScalegateOptions = { session: { idle: 600 }, permissions: async ({ userId }) => [userId] }
scalegate({ ...good, property: 'session' })
// @ts-expect-error: misspelt
scalegate({ cleintId: 'x' })
// @ts-expect-error: strict breaks the way back
scalegate({ session: { sameSite: 'strict' } })`,
  ],
  [
    'Register names the permissions, roles and claims of the app',
    `${head}
declare module '@scalegate/express' {
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
app.get('/x', auth.requireAuth(), (req, res) => {
  const plan: 'free' | 'paid' = req.auth.claims.plan
  const roles: readonly ('admin' | 'member')[] = req.auth.roles
  // @ts-expect-error: no such claim
  const other = req.auth.claims.other
  res.json({ plan, roles, other })
})`,
  ],
]

describe('the built declarations', () => {
  it.each(programs)(
    '%s',
    (_label, source) => {
      expect(problems(source)).toEqual([])
    },
    60_000,
  )

  it('are not just any: a wrong line is found', () => {
    expect(problems(`${head}\nconst id: number = auth.session`)).toEqual([expect.stringMatching(/^TS2322/)])
  }, 60_000)
})
