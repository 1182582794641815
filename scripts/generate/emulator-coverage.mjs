import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { startEmulator } from '../../packages/emulator/dist/index.js'
import { root } from '../workspace.mjs'
import { code, head, table } from './markdown.mjs'

const page = `${root}/docs/reference/emulator-coverage.md`
/** Scalekit's OpenAPI description; it lies beside the repository, not in it. */
const description = `${root}/../shared/openapi/scalekit.yaml`
const methods = ['get', 'post', 'put', 'patch', 'delete']

/** What an operation that answers leaves out; the running emulator cannot know that of itself. */
const missing = {
  OrganizationService_CreateOrganization: '`region_code` is always `US`',
  SessionService_GetSession: 'no location, and of the device only what `User-Agent` says',
  SessionService_GetUserSessions: 'no location, and of the device only what `User-Agent` says',
  UserService_CreateUserAndMembership: 'forms of `phone_number`, `locale` and `picture` are not checked',
  UserService_UpdateUser: 'forms of `phone_number`, `locale` and `picture` are not checked',
  UserService_UpdateUser2: 'forms of `phone_number`, `locale` and `picture` are not checked',
}

/**
 * `docs/reference/emulator-coverage.md`: every operation of Scalekit's description, each asked of a running emulator.
 * Without the description the operations are those of the committed page.
 */
export async function emulatorCoverage() {
  const operations = existsSync(description) ? describedOperations() : committedOperations()
  const emulator = await startEmulator({ port: 0 })
  try {
    const token = await tokenOf(emulator)
    const rows = []
    for (const operation of operations) rows.push({ ...operation, isThere: await answers(emulator, token, operation) })
    return pageOf(rows)
  } finally {
    await emulator.stop()
  }
}

function describedOperations() {
  const { parse } = createRequire(`${root}/packages/emulator/package.json`)('yaml')
  const { paths } = parse(readFileSync(description, 'utf8'))
  return Object.entries(paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      if (operation === undefined) return []
      return { group: operation.tags[0], method: method.toUpperCase(), path, id: operation.operationId }
    }),
  )
}

function committedOperations() {
  console.log(
    'Scalekit’s OpenAPI description is not here: the operations of emulator-coverage.md are kept as they are.',
  )
  let group = ''
  return readFileSync(page, 'utf8')
    .split('\n')
    .flatMap((line) => {
      group = /^## (.+)$/.exec(line)?.[1] ?? group
      const [, method, path, id] = /^\| `([A-Z]+) (\/\S+)` \| `(\w+)` \|/.exec(line) ?? []
      return id === undefined ? [] : { group, method, path, id }
    })
}

async function tokenOf({ url, clientId, clientSecret }) {
  const credentials = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(credentials) })
  return (await response.json()).access_token
}

/** Asked about things that do not exist, an operation that is there refuses, but not with "not emulated". */
async function answers({ url }, token, { method, path }) {
  const response = await fetch(url + path.replace(/\{\w+\}/g, 'none'), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: '{}' }),
  })
  const { message = '' } = await response.json()
  return !(response.status === 501 && message.startsWith('not emulated'))
}

function pageOf(operations) {
  for (const id of Object.keys(missing)) {
    if (!operations.some((one) => one.id === id && one.isThere)) throw new Error(`No such operation answers: ${id}`)
  }
  const groups = [...new Set(operations.map(({ group }) => group))].sort()
  const done = operations.filter(({ isThere }) => isThere).length
  return `${head('What the emulator answers of the management API', 'Scalekit’s OpenAPI description and a running emulator')}
Of ${operations.length} operations ${done} are emulated; the others answer 501, \`not emulated\`. They are at [\`/api/v1\`](emulator.md#management-api).

${groups.map((group) => section(group, operations)).join('\n\n')}
`
}

function section(group, operations) {
  const rows = operations
    .filter((one) => one.group === group)
    .map(({ method, path, id, isThere }) => [code(`${method} ${path}`), code(id), stateOf(id, isThere)])
  return `## ${group}\n\n${table(['request', 'operation', 'emulated'], rows)}`
}

function stateOf(id, isThere) {
  if (!isThere) return 'not'
  return missing[id] === undefined ? 'yes' : `partly: ${missing[id]}`
}
