import { createScalegate, environmentNames, isScalegateError } from '../../packages/core/dist/index.js'
import { interfaceIn, sourceOf } from './declarations.mjs'
import { code, head, table } from './markdown.mjs'
import { values } from './staged-kit.mjs'

const source = 'packages/core/src/options/scalegate-options.ts'

/** `docs/reference/environment.md`: which variable stands for which option is found out by trying. */
export function environmentReference() {
  const meanings = meaningsByPath()
  const required = missingIn({}, {})
  const rows = environmentNames.map((name) => {
    const option = optionOf(name)
    return [code(name), code(option), necessity(name, option, required), meanings.get(option) ?? '']
  })
  return `${head('Environment', '`packages/core/src/options` and by running the kit')}
Every variable the kit reads. Each stands for an option, and the option wins. Where two stand for one option, the upper one wins.

${table(['variable', 'option', 'needed', 'meaning'], rows)}

Empty is as good as absent. A value that is a placeholder, such as \`changeme\`, is refused. All problems are reported together
(\`configuration_invalid\`), by name and never by value; a variable that is set and looks like a missing one is named.

| | read |
|---|---|
| Express | at \`app.use(auth)\`; a bad environment stops the start |
| Hono | at each request, from \`env(c)\`; one kit for each set of values |
| Next.js | at the first request, or by \`register\` in \`instrumentation.ts\`; \`next build\` needs none |
`
}

function meaningsByPath() {
  const file = sourceOf(source)
  const of = (name, prefix) =>
    interfaceIn(file, name).members.map((member) => [
      prefix + member.name,
      member.text.replace(/ ?Environment: (?:`[A-Z_]+`(?:, or )?)+(?:, [^.]*)?\./, '').trim(),
    ])
  const all = new Map([...of('ScalegateOptions', ''), ...of('WebhookOptions', 'webhooks.')])
  // Their names say it all in the code.
  const unsaid = {
    clientId: 'The client id of the application.',
    clientSecret: 'The client secret of the application.',
  }
  for (const [path, text] of Object.entries(unsaid)) if (all.get(path) === '') all.set(path, text)
  return all
}

/** The option that may be left out where this variable is set. */
function optionOf(name) {
  if (name === 'SCALEKIT_WEBHOOK_SECRET') {
    const kit = createScalegate(values.options, () => ({ [name]: values.webhookSecret }))
    if (kit.owns('/auth/webhooks')) return 'webhooks.secret'
  }
  const found = Object.entries(values.options).find(([option, value]) => {
    const { [option]: _left, ...others } = values.options
    const text = name === 'REDIRECT_URI' ? `${value}/auth/callback` : value
    return missingIn(others, { [name]: text }).length === 0
  })
  if (found === undefined) throw new Error(`${name} stands for no option.`)
  return found[0]
}

function necessity(name, option, required) {
  if (required.includes(name)) return 'yes'
  return option === 'webhooks.secret' ? 'for webhooks' : 'no, it is another name'
}

/** The variables that the kit misses. */
function missingIn(options, environment) {
  try {
    createScalegate(options, () => environment).validate()
    return []
  } catch (error) {
    if (!isScalegateError(error, 'configuration_invalid')) throw error
    return error.problems.map(({ path }) => path)
  }
}
