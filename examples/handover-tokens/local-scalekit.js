import { randomBytes } from 'node:crypto'
import { startEmulator } from '@scalegate/emulator'

/** Starts a local stand-in for Scalekit that only brokers SSO, and configures the process for it. */
export async function startLocalScalekit(baseUrl) {
  const options = {
    settings: { product: 'modular-sso' },
    clients: { redirectUris: [`${baseUrl}/auth/callback`], initiateLoginUri: `${baseUrl}/auth/login` },
  }
  const emulator = await startEmulator(options).catch((error) => {
    // The usual port is taken, perhaps by the emulator of another example.
    if (!/EADDRINUSE/.test(error.message)) throw error
    return startEmulator({ ...options, port: 0 })
  })
  const [customer, other] = emulator.seed.organizations
  process.env.SCALEKIT_ENVIRONMENT_URL = emulator.environmentUrl
  process.env.SCALEKIT_CLIENT_ID = emulator.clientId
  process.env.SCALEKIT_CLIENT_SECRET = emulator.clientSecret
  process.env.COOKIE_ENCRYPTION_SECRET ||= randomBytes(32).toString('base64')
  process.env.CUSTOMERS ||= customer.id
  console.log(`No SCALEKIT_ENVIRONMENT_URL: using a Scalekit emulator, see ${emulator.environmentUrl}/_emulator`)
  console.log(`  sam@${customer.domains[0]}  SSO of ${customer.name}, a customer`)
  console.log(`  sam@${other.domains[0]}  SSO of ${other.name}, not a customer`)
  return emulator
}
