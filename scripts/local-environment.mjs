import { randomBytes } from 'node:crypto'
import { freePort, startProgram } from './processes.mjs'

/** The emulator as a process of its own, and its control API over HTTP: nothing of it is imported. */
export async function startEmulator({ port = 0 } = {}) {
  const program = await startProgram(['packages/emulator/dist/bin.js', '--port', String(port), '--quiet'])
  const control = async (method, path, body) => {
    const response = await fetch(`${program.address}/_emulator${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} /_emulator${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? undefined : response.json()
  }
  return { url: program.address, control, stop: program.stop }
}

/**
 * An example app as a process of its own, known to the emulator, which tells it by webhooks what happens unless that is
 * not wanted. It is its `entry`, or `args` for a port. `restart` keeps its address and its secrets.
 */
export async function startExample(
  emulator,
  {
    entry,
    args = () => [entry],
    printsNothing = false,
    client: index = 0,
    port: preferred = 0,
    hearsWebhooks = true,
    env = {},
  },
) {
  const port = await freePort(preferred)
  const origin = `http://127.0.0.1:${port}`
  const { clients, organizations } = await emulator.control('GET', '/state')
  const client = clients[index]
  await emulator.control('PUT', `/clients/${client.id}`, {
    redirectUris: [`${origin}/auth/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
    initiateLoginUri: `${origin}/auth/login`,
  })
  const webhooks = hearsWebhooks ? await registerWebhooks(emulator, `${origin}/auth/webhooks`) : {}
  const environment = {
    PORT: String(port),
    APP_BASE_URL: origin,
    SCALEKIT_ENVIRONMENT_URL: emulator.url,
    SCALEKIT_CLIENT_ID: client.id,
    SCALEKIT_CLIENT_SECRET: client.secret,
    COOKIE_ENCRYPTION_SECRET: randomBytes(32).toString('base64'),
    // The vendor of the app, whose admin finds its back office.
    STAFF_ORGANIZATION: organizations.find(({ name }) => name === 'Globex').id,
    ...webhooks,
    ...env,
  }
  const start = () => startProgram(args(port), environment, printsNothing ? origin : undefined)
  let program = await start()
  return {
    origin,
    clientId: client.id,
    hearsWebhooks,
    output: () => program.output(),
    stop: () => program.stop(),
    async restart() {
      await program.stop()
      program = await start()
    },
  }
}

/** One more endpoint beside those of other apps: the environment tells each of them everything. */
async function registerWebhooks({ control }, url) {
  const secret = `whsec_${randomBytes(24).toString('base64')}`
  const { endpoints } = await control('GET', '/webhooks')
  const others = endpoints.map(({ secrets, ...endpoint }) => ({ ...endpoint, secret: secrets }))
  await control('PUT', '/webhooks', [...others, { url, secret }])
  return { SCALEKIT_WEBHOOK_SECRET: secret }
}
