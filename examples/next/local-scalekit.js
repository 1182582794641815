import { randomBytes } from 'node:crypto'
import { startEmulator } from '@scalegate/emulator'

/** Starts a local stand-in for Scalekit that knows this app, and configures the process for it. */
export async function startLocalScalekit(baseUrl) {
  const clients = {
    redirectUris: [`${baseUrl}/auth/callback`],
    postLogoutRedirectUris: [`${baseUrl}/`],
    backchannelLogoutUri: `${baseUrl}/auth/backchannel-logout`,
    initiateLoginUri: `${baseUrl}/auth/login`,
  }
  const emulator = await startEmulator({ clients }).catch((error) => {
    // The usual port is taken, perhaps by the emulator of another example.
    if (!/EADDRINUSE/.test(error.message)) throw error
    return startEmulator({ clients, port: 0 })
  })
  process.env.SCALEKIT_ENVIRONMENT_URL = emulator.environmentUrl
  process.env.SCALEKIT_CLIENT_ID = emulator.clientId
  process.env.SCALEKIT_CLIENT_SECRET = emulator.clientSecret
  process.env.COOKIE_ENCRYPTION_SECRET ||= randomBytes(32).toString('base64')
  console.log(`No SCALEKIT_ENVIRONMENT_URL: using a Scalekit emulator, see ${emulator.environmentUrl}/_emulator`)
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
