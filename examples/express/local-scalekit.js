import { randomBytes } from 'node:crypto'
import { defaultWebhookSecret, startEmulator } from '@scalegate/emulator'

/** Starts a local stand-in for Scalekit that knows this app, and configures the process for it. */
export async function startLocalScalekit(baseUrl) {
  const clients = {
    redirectUris: [`${baseUrl}/auth/callback`],
    postLogoutRedirectUris: [`${baseUrl}/`],
    backchannelLogoutUri: `${baseUrl}/auth/backchannel-logout`,
    initiateLoginUri: `${baseUrl}/auth/login`,
  }
  const webhooks = { url: `${baseUrl}/auth/webhooks` }
  const emulator = await startEmulator({ clients, webhooks }).catch((error) => {
    // The usual port is taken, perhaps by the emulator of another example.
    if (!/EADDRINUSE/.test(error.message)) throw error
    return startEmulator({ clients, webhooks, port: 0 })
  })
  process.env.SCALEKIT_ENVIRONMENT_URL = emulator.environmentUrl
  process.env.SCALEKIT_CLIENT_ID = emulator.clientId
  process.env.SCALEKIT_CLIENT_SECRET = emulator.clientSecret
  process.env.SCALEKIT_WEBHOOK_SECRET = defaultWebhookSecret
  process.env.COOKIE_ENCRYPTION_SECRET ||= randomBytes(32).toString('base64')
  const staff = emulator.seed.organizations.find(({ name }) => name === 'Globex')
  process.env.STAFF_ORGANIZATION ||= staff.id
  console.log(`No SCALEKIT_ENVIRONMENT_URL: using a Scalekit emulator, see ${emulator.environmentUrl}/_emulator`)
  console.log(`  A customer's identity provider, with a tile for this app: ${emulator.environmentUrl}/sso/portal`)
  console.log(`  The back office, for the admin of ${staff.name}: ${baseUrl}/staff/customers`)
  for (const person of emulator.seed.users) console.log(`  ${person.email}  ${describe(person, emulator.seed)}`)
  return emulator
}

function describe({ givenName, familyName, memberships }, { organizations }) {
  const places = memberships.map(({ organization, roles }) => {
    const { name } = organizations.find(({ id }) => id === organization)
    return `${roles.join(', ')} of ${name}`
  })
  return `${givenName} ${familyName}, ${places.join(' and ')}`
}
