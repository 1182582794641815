import type { NextRequest } from 'next/server.js'
import { describe, expectTypeOf, it } from 'vitest'
import { type Session, scalegate } from './index.js'

const auth = scalegate()
const never = (_: () => unknown) => undefined

describe('types', () => {
  it('gives a session or null, and a session behind a guard', () => {
    expectTypeOf(auth).returns.resolves.toEqualTypeOf<Session | null>()
    expectTypeOf(auth.requireAuth).returns.resolves.toEqualTypeOf<Session>()
    never(async () => (await auth.requirePermission('sk_org_users_read', 'projects:create')).user)
  })

  it('refuses misspelt permissions of Scalekit', () => {
    // @ts-expect-error no such permission
    never(() => auth.requirePermission('sk_org_users_raed'))
    // @ts-expect-error no such permission
    never(() => auth.requireAnyPermission('sk_org_users_read', 'sk_org_all'))
    // @ts-expect-error no such permission
    never(() => auth.route({ permission: 'sk_org_users_raed' }, () => new Response()))
    // @ts-expect-error no such permission
    never(() => auth.route({ permission: ['sk_org_users_read', 'sk_nothing'] }, () => new Response()))
    // @ts-expect-error no such permission
    never(() => auth.action({ anyPermission: ['sk_nothing'] }, async () => undefined))
    // @ts-expect-error no such requirement
    never(() => auth.action({ permissions: ['projects:create'] }, async () => undefined))
  })

  it('gives route handlers the session and the parameters they name', () => {
    const handler = auth.route<{ id: string }>({ permission: 'projects:read' }, (request, { session, params }) => {
      expectTypeOf(request).toEqualTypeOf<NextRequest>()
      expectTypeOf(session).toEqualTypeOf<Session>()
      expectTypeOf(params).toEqualTypeOf<{ id: string }>()
      return new Response()
    })
    type Next = (request: NextRequest, context: { params: Promise<{ id: string }> }) => Promise<Response>
    expectTypeOf(handler).toExtend<Next>()
    const plain = auth.route({ permission: ['sk_org_users_read', 'projects:read'] }, () => new Response())
    expectTypeOf(plain).toExtend<Next>()
    never(() => auth.route<{ org: string }>({ organizationId: (_request, { org }) => org }, () => Response.json({})))
  })

  it('gives actions the session before their own arguments, and takes it away from the caller', () => {
    const invite = auth.action({ permission: 'sk_org_users_invite' }, async (session, form: FormData) => {
      expectTypeOf(session).toEqualTypeOf<Session>()
      return form.has('email')
    })
    expectTypeOf(invite).toEqualTypeOf<(form: FormData) => Promise<boolean>>()
    const state = auth.action({}, async (_session, before: { count: number }, _form: FormData) => before)
    expectTypeOf(state).parameters.toEqualTypeOf<[before: { count: number }, form: FormData]>()
    never(() => auth.action({ organizationId: (org: string) => org }, async (_session, _org: string) => undefined))
  })

  it('composes with the proxies of others', () => {
    never(() => auth.proxy())
    never(() => auth.proxy((request) => Response.redirect(new URL('/', request.url))))
    never(() => auth.proxy(async (_request, { session, event }) => event.waitUntil(Promise.resolve(session?.user))))
  })
})
