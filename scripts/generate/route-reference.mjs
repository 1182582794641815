import ts from 'typescript'
import { functionIn, importsOf, interfaceIn, sourceOf } from './declarations.mjs'
import { code, head, table } from './markdown.mjs'
import { cookiesOf, stage, values } from './staged-kit.mjs'

const wiring = 'packages/core/src/auth/routes.ts'

/** Who asks, and how. A posted form is one of the app's own. */
const visitors = [
  ['a page load', 'GET', { as: 'navigation' }],
  ['a script of the app', 'GET', { as: 'fetch' }],
  ['a posted form', 'POST', { as: 'navigation', form: { any: 'thing' } }],
  ['a script that posts', 'POST', { as: 'fetch', form: { any: 'thing' } }],
  ['a page load from another site', 'GET', { as: 'navigation', site: 'cross-site' }],
  ['a script of another site', 'GET', { as: 'fetch', site: 'cross-site' }],
  ['a form posted by another site', 'POST', { as: 'navigation', site: 'cross-site', form: { any: 'thing' } }],
]

/** `docs/reference/routes.md`: paths and words from the code, methods and answers from the running kit. */
export async function routeReference() {
  const staged = stage()
  const paths = interfaceIn(sourceOf('packages/core/src/options/scalegate-options.ts'), 'RoutePaths').members
  const functions = routeFunctions()
  const routes = []
  for (const { name, text, defaultValue } of paths) {
    const path = defaultValue?.replaceAll('`', '')
    if (path === undefined) throw new Error(`RoutePaths.${name} names no default.`)
    const allow = (await staged.visit(path, { method: 'OPTIONS' })).headers.get('allow').split(', ')
    const methods = allow.filter((method) => method === 'GET' || method === 'POST')
    const answers = await answersOf(path, methods, staged)
    routes.push({ name, path, methods, text, paragraphs: functions.get(name).paragraphs, answers })
  }
  return `${head('Routes', `packages/core/src/routes and the answers of the running kit`)}
What the kit answers itself, below the base URL. \`basePath\` moves all of them, \`paths\` each; on Next.js the folder of the route file has to follow.

${table(
  ['route', 'methods', 'option', 'for'],
  routes.map(({ name, path, methods, text }) => [
    `[\`${path}\`](#${slug(path)})`,
    methods.join(', '),
    code(`paths.${name}`),
    text,
  ]),
)}

A path counts as the browser sees it, to the letter and without a slash at the end. Of every route:

- \`OPTIONS\`, and \`HEAD\` and prefetches where there is \`GET\`, get 204 and do nothing. Every other method gets 405 with \`Allow\`.
- Answers are \`private, no-store\`. There are no CORS headers.
- A refusal has a [code](errors.md): in a small page for people, which \`errorPage\` replaces, and in \`application/problem+json\` for programs.
- \`return_to\` is a page of the app or is not followed.

The tables were made by asking. "Signed in" is with a session; \`…\` stands for a query.

${routes.map(section).join('\n\n')}
`
}

/** Name of a path → the function that answers there, by the wiring itself. */
function routeFunctions() {
  const source = sourceOf(wiring)
  const files = importsOf(source)
  const found = new Map()
  const visit = (node) => {
    if (ts.isArrayLiteralExpression(node) && node.elements.length === 2) {
      const [path, call] = node.elements.map((one) => (ts.isAsExpression(one) ? one.expression : one))
      if (ts.isPropertyAccessExpression(path) && path.expression.getText() === 'paths' && ts.isCallExpression(call)) {
        const name = call.expression.getText()
        const file = `packages/core/src/${files
          .get(name)
          .replace(/^\.\.\//, '')
          .replace(/\.js$/, '.ts')}`
        found.set(path.name.text, functionIn(sourceOf(file), name))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

async function answersOf(path, methods, { visit, login }) {
  const rows = []
  for (const [who, method, how] of visitors.filter(([, asked]) => methods.includes(asked))) {
    const stranger = await visit(path, { method, ...how })
    // A session for each visit: a log-out before must not be felt.
    const cookie = cookiesOf((await login()).finished)
    rows.push([who, await said(stranger), await said(await visit(path, { method, ...how, cookie }))])
  }
  return rows
}

/** An answer in a few words. */
async function said(answer) {
  const { status, headers } = answer
  const location = headers.get('location')
  if (location !== null) return `${status} to ${place(location)}`
  const text = await answer.text()
  const refresh = /http-equiv="refresh" content="0; ?url=([^"]+)"/.exec(text)?.[1]
  if (refresh !== undefined) return `${status}, a page that moves on to ${place(refresh.replaceAll('&amp;', '&'))}`
  const page = /<small>([a-z_]+)<\/small>/.exec(text)?.[1]
  if (page !== undefined) return `${status}, a page, ${code(page)}`
  if (text === '') return `${status}`
  const { code: problem, error, error_description: description, ...others } = JSON.parse(text)
  if (problem !== undefined) return `${status} ${code(problem)}`
  if (error !== undefined) return `${status} ${code(error)}, ${code(description)}`
  return `${status} ${code(`{ ${Object.keys(others).join(', ')} }`)}`
}

function place(address) {
  const { origin, pathname, search } = new URL(address)
  const query = search === '' ? '' : '?…'
  return origin === values.options.baseUrl ? code(pathname + query) : `Scalekit, ${code(pathname + query)}`
}

function section({ path, methods, paragraphs, answers }) {
  const rows = answers.map(([who, ...cells]) => [who, ...cells])
  return [`## ${path}`, ...paragraphs, table([methods.join(', '), 'a stranger', 'signed in'], rows)].join('\n\n')
}

function slug(path) {
  return path.replaceAll('/', '')
}
