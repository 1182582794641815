import type { PluginRoute, Requirement } from '@scalegate/core/plugin'
import type { MembersApi } from './members.js'

/** What changes a membership asks first whether the caller still may: who was demoted a moment ago could raise a friend. */
const changing = (permission: string): Requirement => ({ permissions: [permission], fresh: true })

/** The routes over the helpers, which hold the rules: field names in, results out. */
export function memberRoutes(api: MembersApi): Readonly<Record<string, PluginRoute>> {
  return {
    members: {
      get: {
        requires: { permissions: ['sk_org_users_read'] },
        async answer({ session, query }) {
          const [size, pageToken] = [query.get('page_size'), query.get('page_token')]
          const page = { ...(size ? { pageSize: Number(size) } : {}), ...(pageToken ? { pageToken } : {}) }
          return Response.json(await api.list(session, page))
        },
      },
    },
    'members/invite': {
      post: {
        requires: changing('sk_org_users_invite'),
        async answer(call) {
          const fields = await call.fields()
          const invited = await api.invite(call.session, {
            email: fields.one('email') ?? '',
            roles: fields.all('roles'),
            givenName: fields.one('given_name'),
            familyName: fields.one('family_name'),
            idempotencyKey: fields.one('idempotency_key'),
          })
          return call.done({ invited })
        },
      },
    },
    'members/resend-invite': {
      post: {
        requires: changing('sk_org_users_invite'),
        async answer(call) {
          const fields = await call.fields()
          await api.resendInvitation(call.session, fields.one('user_id') ?? '')
          return call.done({ sent: true })
        },
      },
    },
    'members/change-roles': {
      post: {
        requires: changing('sk_org_users_role_change'),
        async answer(call) {
          const fields = await call.fields()
          await api.changeRoles(call.session, fields.one('user_id') ?? '', fields.all('roles'))
          return call.done({ changed: true })
        },
      },
    },
    'members/remove': {
      post: {
        requires: changing('sk_org_users_delete'),
        async answer(call) {
          const fields = await call.fields()
          await api.remove(call.session, fields.one('user_id') ?? '')
          return call.done({ removed: true })
        },
      },
    },
  }
}
