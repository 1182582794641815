import { createRegistry, type DescFile, type Message, toJson } from '@bufbuild/protobuf'
import { file_google_protobuf_empty as empty } from '@bufbuild/protobuf/wkt'
import { file_scalekit_v1_commons_commons as commons } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/commons/commons_pb.js'
import { file_scalekit_v1_connections_connections as connections } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js'
import { file_scalekit_v1_directories_directories as directories } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/directories/directories_pb.js'
import { file_scalekit_v1_domains_domains as domains } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/domains/domains_pb.js'
import { file_scalekit_v1_organizations_organizations as organizations } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/organizations/organizations_pb.js'
import { file_scalekit_v1_roles_roles as roles } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/roles/roles_pb.js'
import { file_scalekit_v1_sessions_sessions as sessions } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/sessions/sessions_pb.js'
import { file_scalekit_v1_users_users as users } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/users/users_pb.js'

const files: readonly DescFile[] = [
  empty,
  commons,
  connections,
  directories,
  domains,
  organizations,
  roles,
  sessions,
  users,
]
const registry = createRegistry(...files)

/** Ids that the seed does not fix. */
const MADE = /^(?!.*_10\d0{10}\d{5}$)[a-z0-9]+_\d{15,}$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/

/** What our client leaves to the dashboard and the portal: how a connection or a directory is set up, and secrets. */
const LEFT_OUT = [
  'configurationType',
  'oidcConfig',
  'groupsTracked',
  'secrets',
  'stats',
  'txtRecordKey',
  'txtRecordSecret',
]

/** What may differ between two runs of the same change: new ids, and instants. */
export interface Masks {
  readonly ids?: boolean
  readonly times?: boolean
}

/**
 * An answer of either client as values that can be compared: the SDK's messages as JSON, enumerations by name; instants
 * to the second; members that say nothing left out, which protobuf cannot tell from the empty value, and nothing at all for no answer.
 */
export function plain(value: unknown, masks: Masks = {}): unknown {
  if (typeof value === 'string') return plainText(value, masks)
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map((item) => plain(item, masks))
  if (typeof value !== 'object' || value === null) return value
  const object = jsonOf(value)
  const members = Object.entries(object).map(([name, member]) => [name, plain(member, masks)] as const)
  const said = members.filter(([name, member]) => !LEFT_OUT.includes(name) && !isNothing(member))
  return '$typeName' in value && value.$typeName === 'google.protobuf.Empty' ? undefined : Object.fromEntries(said)
}

function jsonOf(value: object): object {
  if (!('$typeName' in value)) return value
  const schema = registry.getMessage(String(value.$typeName))
  if (schema === undefined) throw new Error(`No schema of ${value.$typeName}.`)
  return toJson(schema, value as Message, { registry }) as object
}

function plainText(value: string, { ids, times }: Masks): unknown {
  if (TIME.test(value)) return times === true ? 'an instant' : Math.floor(Date.parse(value) / 1000)
  return ids === true && MADE.test(value) ? 'an id' : value
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === undefined || value === null || value === '' || value === 0 || value === false
}
