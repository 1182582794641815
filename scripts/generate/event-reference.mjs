import { aliasIn, documentationOf, interfaceIn, membersOf, sourceOf, unionIn } from './declarations.mjs'
import { code, head, table } from './markdown.mjs'

const path = 'packages/core/src/model/events.ts'

/** What the code does not say of itself; TSDoc of `EventDetails` follows. */
const meanings = {
  login_started: 'A browser is sent to Scalekit.',
  login_completed: 'A login was verified; the session is written, or handed over.',
  login_refused: 'A login ended on an error page. `reason` is one word: the step of the check that failed.',
  return_to_refused: 'A `return_to` was no page of the app; the fallback was used. `route` is where.',
  session_refused: 'A request brought a session cookie that opens no session. Strangers without a cookie are not told.',
  session_refreshed: 'Scalekit gave new tokens.',
  session_ended: 'Scalekit refused the refresh, and with it the session.',
  refresh_failed: 'Scalekit did not answer a refresh; the session is kept.',
  permission_source_failed: 'The function given as `permissions` threw, or took too long; guards answer 503.',
  permissions_without_sk:
    'A guard asked for a Scalekit permission, and the session has none at all: the token may not carry them.',
  logout: 'Somebody logged out of the app, or came to the logout route without a session.',
  backchannel_logout: 'A logout token was carried out; `replayed`, it had been before.',
  backchannel_logout_refused: 'A logout token was refused. `reason` is the step that failed.',
  webhook_handled:
    'A webhook was dealt with. `duplicate`: it had been before. `stale`: one of a later instant came first.',
  webhook_refused: 'A webhook was refused before anything was done with it.',
  webhook_failed: 'A handler of the app threw; Scalekit is told to send the event again.',
  bearer_refused: 'A call to an API was refused. `reason` is the check that failed.',
  client_rejected: 'Scalekit refused the credentials of the app.',
  cookie_budget_exceeded: 'The cookies of a request take more bytes than `session.cookieBudget`.',
}

/** `docs/reference/events.md`, from the one interface of events. */
export function eventReference() {
  const source = sourceOf(path)
  const events = interfaceIn(source, 'EventDetails').members
  for (const name of Object.keys(meanings))
    if (!events.some((event) => event.name === name)) throw new Error(`There is no event ${name}.`)
  const rows = events.map((event) => [
    code(event.name),
    membersOf(event.node.type.members).map(memberText).join('<br>'),
    meaningOf(event),
  ])
  const { text } = documentationOf(aliasIn(source, 'ScalegateEvent'))
  return `${head('Events', path)}
${text} \`onEvent\` hears them all:

\`\`\`js
scalegate({ onEvent: (event) => log.info(event) })
\`\`\`

Each has \`type\` and \`at\`, a NumericDate, and what stands here. What \`onEvent\` throws changes nothing.

${table(['type', 'members', 'when'], rows)}

${['AnonymousReason', 'LoginInitiator', 'RevocationScope'].map((name) => words(source, name)).join('\n\n')}

\`ErrorCode\` is any of the [errors](errors.md).
`
}

function memberText({ name, type, optional }) {
  return code(`${name}${optional ? '?' : ''}: ${type}`)
}

function meaningOf({ name, text }) {
  const meaning = [meanings[name], text].filter(Boolean).join(' ')
  if (meaning === '') throw new Error(`${path}: the event ${name} has no TSDoc.`)
  return meaning
}

function words(source, name) {
  const { text } = documentationOf(aliasIn(source, name))
  return `\`${name}\`: ${text}\n${unionIn(source, name)
    .map((word) => `\`${word.replaceAll("'", '')}\``)
    .join(', ')}.`
}
