import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ListDirectoryUsersRequestSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/directories/directories_pb.js'
import { UpdateOrganizationSettingsRequestSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/organizations/organizations_pb.js'
import { UserSessionDetailsRequestSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/sessions/sessions_pb.js'
import {
  AssignUserRolesRequestSchema,
  CreateUserAndMembershipRequestSchema,
  GetUserRequestSchema,
  ResendInviteRequestSchema,
  UpdateMembershipRequestSchema,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/users/users_pb.js'
import { describe, expect, it } from 'vitest'
import { requestJson, restRequestOf, ruleFor } from './rest-request.js'
import { loadSdk } from './sdk.js'

const sdk = loadSdk()

/** What REST is asked when this method is called with this message. */
function asked<Schema extends DescMessage>(path: string, schema: Schema, init: MessageInitShape<Schema>) {
  const method = sdk?.methods.get(`/scalekit.v1.${path}`)
  if (sdk === undefined || method === undefined) throw new Error(`No ${path}.`)
  const json = requestJson(sdk, method, toBinary(schema, create(schema, init)))
  const rule = ruleFor(method, json)
  if (rule === undefined) return undefined
  const { method: verb, target, body } = restRequestOf(rule, json)
  return [`${verb} ${target}`, body]
}

describe('a call written as REST', () => {
  it('knows a rule for every method', () => {
    const methods = [...(sdk?.methods.values() ?? [])]
    expect(methods.length).toBeGreaterThan(150)
    expect(methods.filter(({ rules }) => rules.length === 0)).toEqual([])
  })

  it('puts variables into the path and everything else into the query, timestamps as RFC 3339', () => {
    const updatedAfter = timestampFromDate(new Date('2026-01-02T03:04:05.678Z'))
    const init = { organizationId: 'org_1', directoryId: 'a/b ?', pageSize: 5, includeDetail: true, updatedAfter }
    expect(asked('directories.DirectoryService/ListDirectoryUsers', ListDirectoryUsersRequestSchema, init)).toEqual([
      'GET /api/v1/organizations/org_1/directories/a%2Fb%20%3F/users?page_size=5&include_detail=true&updated_after=2026-01-02T03%3A04%3A05.678Z',
      undefined,
    ])
  })

  it('writes members of a message with dots, and lists by repetition', () => {
    const filter = { status: ['active', 'revoked'], startTime: timestampFromDate(new Date(0)) }
    const init = { userId: 'usr_1', filter }
    expect(asked('sessions.SessionService/GetUserSessions', UserSessionDetailsRequestSchema, init)).toEqual([
      'GET /api/v1/users/usr_1/sessions?filter.status=active&filter.status=revoked&filter.start_time=1970-01-01T00%3A00%3A00Z',
      undefined,
    ])
  })

  it('takes the additional binding that the message has values for, and none without', () => {
    const user = (init: MessageInitShape<typeof GetUserRequestSchema>) =>
      asked('users.UserService/GetUser', GetUserRequestSchema, init)
    expect(user({ identities: { case: 'id', value: 'usr_1' } })).toEqual(['GET /api/v1/users/usr_1', undefined])
    expect(user({ identities: { case: 'externalId', value: 'e 1' } })).toEqual([
      'GET /api/v1/users:external/e%201',
      undefined,
    ])
    expect(user({})).toBeUndefined()
  })

  it('takes one field as the body, wrappers and optional fields beside it as the query', () => {
    const user = { email: 'a@b.test', metadata: { team: 'a' } }
    const path = 'users.UserService/CreateUserAndMembership'
    const init = { organizationId: 'org_1', user }
    const target = 'POST /api/v1/organizations/org_1/users'
    expect(asked(path, CreateUserAndMembershipRequestSchema, init)).toEqual([target, user])
    expect(asked(path, CreateUserAndMembershipRequestSchema, { ...init, sendInvitationEmail: false })).toEqual([
      `${target}?send_invitation_email=false`,
      user,
    ])
  })

  it('takes a list as the body, and everything that the path has not taken', () => {
    const roles = [{ roleName: 'admin' }]
    const init = { organizationId: 'org_1', userId: 'usr_1', roles }
    expect(asked('users.UserService/AssignUserRoles', AssignUserRolesRequestSchema, init)).toEqual([
      'POST /api/v1/organizations/org_1/users/usr_1/roles',
      [{ role_name: 'admin' }],
    ])
    const invite = { organizationId: 'org_1', id: 'usr_1' }
    expect(asked('users.UserService/ResendInvite', ResendInviteRequestSchema, invite)).toEqual([
      'PATCH /api/v1/invites/organizations/org_1/users/usr_1/resend',
      {},
    ])
  })

  it('leaves out of a body what a message cannot tell from nothing: empty lists and false', () => {
    const init = { organizationId: 'org_1', identities: { case: 'id' as const, value: 'usr_1' }, membership: {} }
    expect(asked('users.UserService/UpdateMembership', UpdateMembershipRequestSchema, init)?.[1]).toEqual({})
    const settings = { features: [{ name: 'sso', enabled: false }] }
    const path = 'organizations.OrganizationService/UpdateOrganizationSettings'
    expect(asked(path, UpdateOrganizationSettingsRequestSchema, { id: 'org_1', settings })?.[1]).toEqual({
      features: [{ name: 'sso' }],
    })
  })
})
