#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { DEFAULT_PORT, type Emulator, startEmulator } from './emulator.js'

/** Where an app of the documents listens. */
const APP_BASE_URL = 'http://localhost:3000'

const USAGE = `Usage: scalegate-emulator [--port N] [--app URL] [--seed file] [--quiet]

  --port N     port on localhost; 0 takes a free one (default ${DEFAULT_PORT})
  --app URL    where your app is, for log-outs that reach it (default ${APP_BASE_URL})
  --seed file  YAML or JSON file that says who exists
  --quiet      print the ready line only
`

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      app: { type: 'string' },
      seed: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(USAGE)
  const emulator = await startEmulator({
    port: portOf(values.port),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(values.app === undefined ? {} : { clients: addressesOf(values.app) }),
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void emulator.stop())
  }
  if (!values.quiet) process.stdout.write(table(emulator, values.app ?? APP_BASE_URL))
  process.stdout.write(`scalegate-emulator listening on ${emulator.url}\n`)
}

/** What an app at this address registers. */
function addressesOf(app: string) {
  if (!URL.canParse(app)) throw new Error(`--app must be an address such as ${APP_BASE_URL}, not ${app}`)
  const base = app.replace(/\/$/, '')
  return {
    redirectUris: [`${base}/auth/callback`],
    postLogoutRedirectUris: [`${base}/`],
    backchannelLogoutUri: `${base}/auth/backchannel-logout`,
    initiateLoginUri: `${base}/auth/login`,
  }
}

function portOf(value: string | undefined): number {
  if (value === undefined) return DEFAULT_PORT
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) throw new Error(`--port must be a number from 0 to 65535, not ${value}`)
  return port
}

/** Lines for the app's `.env` file, the people to log in as, and where to look. */
function table({ url, clientId, clientSecret, seed }: Emulator, app: string): string {
  const nameOf = (id: string) => seed.organizations.find((organization) => organization.id === id)?.name ?? id
  const people = seed.users.map(({ email, memberships }) => {
    const places = memberships.map(({ organization, roles }) => `${roles.join('+')} of ${nameOf(organization)}`)
    return `  ${email.padEnd(20)}${places.join(', ')}`
  })
  return [
    'A local stand-in for Scalekit. For your .env file:',
    '',
    `SCALEKIT_ENVIRONMENT_URL=${url}`,
    `SCALEKIT_CLIENT_ID=${clientId}`,
    `SCALEKIT_CLIENT_SECRET=${clientSecret}`,
    `COOKIE_ENCRYPTION_SECRET=${randomBytes(32).toString('base64')}`,
    `APP_BASE_URL=${app}`,
    '',
    'Log in as',
    ...people,
    '',
    `What it sees, and how to steer it: ${url}/_emulator`,
    '',
    '',
  ].join('\n')
}
