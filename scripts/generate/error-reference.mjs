import { errorCodes } from '../../packages/core/dist/index.js'

const families = {
  configuration: [
    'Configuration',
    '`ConfigurationError`',
    'Fix the deployment or the code. Thrown at creation, at `app.use`, or at the first use.',
  ],
  login: [
    'Login',
    '`LoginError`',
    'A login that did not finish: the person sees a small page with the code and a way on.',
  ],
  token: ['Tokens', '`TokenError`', 'A token that must not be believed. `reason` names the check, never the value.'],
  session: [
    'Session',
    '`SessionError`',
    'The answer of a guard, or thrown by `auth.session()` and `auth.accessToken()`.',
  ],
  refresh: ['Refresh', '`RefreshError`', '`transient: true` keeps the session; only the provider’s own no ends it.'],
  store: [
    'Store',
    '`StoreError`',
    'What several processes share could not be asked. No session has ended, and nobody was let in.',
  ],
  provider: ['Provider', '`ProviderError`', 'Something at the provider could not be fetched or used.'],
  request: [
    'Requests',
    '`RequestError`',
    'A request to one of the kit’s own routes that is refused before it is looked into.',
  ],
  management: ['Management API', '`ManagementError`', 'A call of the management client that did not succeed.'],
}

/** `docs/reference/errors.md`, from the one table of codes. */
export async function errorReference() {
  const untold = Object.values(errorCodes).find(({ family }) => !(family in families))
  if (untold !== undefined) throw new Error(`The errors of the family ${untold.family} would have no page.`)
  const sections = Object.entries(families).map(([family, [title, name, meaning]]) => {
    const rows = Object.entries(errorCodes)
      .filter(([, entry]) => entry.family === family)
      .map(
        ([code, { status, title: sentence, advice }]) =>
          `| \`${code}\` | ${status} | ${cell(sentence)} | ${cell(advice)} |`,
      )
    return `## ${title}\n\n${name}. ${meaning}\n\n| code | status | what it says | what to do |\n|---|--:|---|---|\n${rows.join('\n')}\n`
  })
  return `# Errors\n\n<!-- Generated from packages/core/src/errors/error-codes.ts by \`npm run docs\`. -->\n\nEvery error of the kit is a \`ScalegateError\` with a stable \`code\`. Recognise it with \`isScalegateError(error, code?)\`, which also\nworks across two copies of the package; \`error.status\` is the HTTP status of the answer. Messages hold no token, cookie, secret,\naddress of a person or query of a URL.\n\n${sections.join('\n')}`
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}
