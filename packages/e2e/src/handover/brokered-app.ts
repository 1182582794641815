import { type Emulator, startEmulator } from '@scalegate/emulator'
import type { Browser, Page } from '@scalegate/testing/audits'
import { organizations } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { startProgram } from '../support/program.js'
import { testSecret } from '../support/secret.js'

/** Where a program that hands logins over is, and the emulator, which only brokers SSO for it. */
export interface BrokeredApp {
  readonly origin: string
  readonly emulator: Emulator
  /** Everything the program has printed. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/** Variables of a program whose address has been chosen. Acme is its customer, Globex is none. */
export interface Place {
  readonly origin: string
  readonly emulator: Emulator
  readonly variables: Readonly<Record<string, string>>
}

/** A free address, and an emulator that knows it. */
export async function place(product: 'modular-sso' | 'full-stack-auth' = 'modular-sso'): Promise<Place> {
  const { origin, port, close } = await listen()
  await close()
  const emulator = await startEmulator({
    port: 0,
    settings: { product },
    clients: {
      redirectUris: [`${origin}/auth/callback`],
      postLogoutRedirectUris: [`${origin}/`],
      backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
      initiateLoginUri: `${origin}/auth/login`,
    },
  })
  const variables = {
    PORT: String(port),
    APP_BASE_URL: origin,
    SCALEKIT_ENVIRONMENT_URL: emulator.environmentUrl,
    SCALEKIT_CLIENT_ID: emulator.clientId,
    SCALEKIT_CLIENT_SECRET: emulator.clientSecret,
    COOKIE_ENCRYPTION_SECRET: testSecret,
    SESSION_SECRET: testSecret,
    CUSTOMERS: organizations.acme,
    EXAMPLE_PASSWORD: password,
  }
  return { origin, emulator, variables }
}

/** Starts a program of the workspace there. */
export async function startBrokered(program: string, at?: Place): Promise<BrokeredApp> {
  const { origin, emulator, variables } = at ?? (await place())
  try {
    const { output, stop: stopProgram } = await startProgram([program], variables)
    const stop = async () => {
      await stopProgram()
      await emulator.stop()
    }
    return { origin, emulator, output, stop }
  } catch (error) {
    await emulator.stop()
    throw error
  }
}

/** Of Pat, whose address is in a domain of Acme. */
export const password = 'correct horse battery staple'

/** Starts an SSO login and lets the identity provider vouch for this address; gives the pages from there on. */
export async function throughSso(
  browser: Browser,
  { origin }: Pick<BrokeredApp, 'origin'>,
  email: string,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly Page[]> {
  const asked = new URLSearchParams({ login_hint: email, ...query })
  const simulator = (await browser.follow(`${origin}/auth/login?${asked}`)).at(-1)
  if (!simulator?.text.includes('Send the answer'))
    throw new Error(`No identity provider: ${simulator?.status} ${simulator?.url} ${simulator?.text}`)
  return browser.follow(`${simulator.url}/sso`, {
    form: { email, given_name: 'Sam', family_name: 'Single', outcome: 'success' },
    from: simulator.url,
  })
}

/** The cookies of a browser at the app, by name, without those of the emulator on another host. */
export function cookieNames(browser: Browser, { origin }: Pick<BrokeredApp, 'origin'>): Promise<readonly string[]> {
  return browser.cookies(origin).then((cookies) => [...cookies.keys()].sort())
}
