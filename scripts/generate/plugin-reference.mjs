import { readdirSync, readFileSync } from 'node:fs'
import { root } from '../workspace.mjs'
import { code, head, table } from './markdown.mjs'

const source = `${root}/packages/plugins/src`

/** What a plugin answers, says no with and reports: it is set up, and its sources are read for codes and events. */
const plugins = [
  { path: 'organizations', page: 'organizations', options: [] },
  { path: 'members', page: 'members-and-invitations', options: [] },
  { path: 'admin-portal', page: 'admin-portal', options: [] },
  { path: 'sso', page: 'sso-discovery', options: [] },
  {
    path: 'directory',
    page: 'directory-sync',
    options: [{ users: { upsert() {}, deactivate() {} }, groups: { upsert() {}, remove() {} } }],
  },
  { path: 'sessions', page: 'sign-out-other-devices', options: [] },
]

/** `docs/reference/plugins.md` */
export async function pluginReference() {
  const sections = await Promise.all(plugins.map(section))
  return `${head('Plugins', 'packages/plugins')}
What the plugins of \`@scalegate/plugins\` answer. Paths lie below the base path of the kit (\`/auth\`); every \`POST\` must come from a page of
the app. Beside its own codes each has those of [the kit](errors.md), such as \`management_unavailable\`, and where it acts in an organization:
${codeList(codesIn('port'))}. Where calls are counted: \`rate_limited\` 429. Reports are events of the type \`plugin\` ([events](events.md)).

${sections.join('\n')}`
}

async function section({ path, page, options }) {
  const module = await import(`../../packages/plugins/dist/${path}.js`)
  const [make] = Object.values(module).filter((value) => typeof value === 'function')
  const plugin = make(...options)
  const { routes = {}, api = {}, on = {} } = plugin.setUp(kit)
  const rows = Object.entries(routes).flatMap(([route, endpoints]) =>
    Object.entries(endpoints).map(([method, endpoint]) => [
      code(`${method.toUpperCase()} ${route}`),
      requirement(endpoint),
    ]),
  )
  return [
    `## ${plugin.name}\n`,
    `\`@scalegate/plugins/${path}\`. [How to](../how-to/${page}.md)\n`,
    ...(rows.length === 0 ? [] : [`${table(['route', 'for'], rows)}\n`]),
    ...list(
      'Helpers',
      Object.keys(api).map((name) => `auth.${plugin.name}.${name}`),
    ),
    `- Codes: ${codeList(codesIn(path))}`,
    ...list('Reports', matches(path, /kit\.report\('(\w+)'/g)),
    ...list('Hears', Object.keys(on)),
    '',
  ].join('\n')
}

/** Nothing of it is asked while a plugin is set up. */
const kit = {
  clock: () => 0,
  settings: asked,
  urlOf: asked,
  managementToken: asked,
  slot: asked,
  report: asked,
  endSessions: asked,
  refreshSessions: asked,
}

function asked() {
  throw new Error('A plugin must not ask for the environment while it is set up.')
}

function requirement({ open, requires = {} }) {
  if (open === true) return 'everybody'
  const { permissions = [], anyPermission = [], fresh } = requires
  const each = permissions.map(code).join(' and ')
  const any = anyPermission.map(code).join(' or ')
  const asked = [each, any].filter((part) => part !== '').join('; ') || 'whoever is signed in'
  return fresh === true ? `${asked}, as Scalekit sees it now` : asked
}

function codesIn(folder) {
  return new Map(matches(folder, /code: '(\w+)',\s*status: (\d+)/g, ([, name, status]) => [name, status]))
}

function codeList(codes) {
  const sorted = [...codes].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, status]) => `${code(name)} ${status}`).join(', ')
}

function list(title, names) {
  const sorted = [...new Set(names)].toSorted()
  return sorted.length === 0 ? [] : [`- ${title}: ${sorted.map(code).join(', ')}`]
}

function matches(folder, pattern, pick = ([, name]) => name) {
  const files = readdirSync(`${source}/${folder}`).filter((name) => /^(?!.*\.test\.ts$).*\.ts$/.test(name))
  return files.flatMap((name) => [...readFileSync(`${source}/${folder}/${name}`, 'utf8').matchAll(pattern)].map(pick))
}
