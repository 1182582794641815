import { randomBytes } from 'node:crypto'
import { type Control, createControl, defaultWebhookSecret } from '@scalegate/emulator'
import { listen } from './listen.js'
import { startProgram } from './program.js'

/** The example app and the emulator, each a process of its own, as somebody would start them. */
export interface Example {
  /** The app. */
  readonly origin: string
  /** Scalekit's stand-in. */
  readonly provider: string
  readonly control: Control
  /** What the app has printed. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

export const frameworks = ['express', 'hono', 'next'] as const

export type Framework = (typeof frameworks)[number]

/** `env` is more for the app's environment. */
export async function startExample(
  framework: Framework = 'express',
  env: Readonly<Record<string, string>> = {},
): Promise<Example> {
  const emulator = await startProgram(['packages/emulator/dist/bin.js', '--port', '0', '--quiet'])
  const control = createControl(emulator.address)
  const [client] = (await control.state()).clients
  const origin = `http://127.0.0.1:${await freePort()}`
  await control.updateClient(client!.id, {
    redirectUris: [`${origin}/auth/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
    initiateLoginUri: `${origin}/auth/login`,
  })
  await control.webhooks.register({ url: `${origin}/auth/webhooks` })
  const app = await startProgram([`examples/${framework}/server.js`], {
    PORT: new URL(origin).port,
    APP_BASE_URL: origin,
    SCALEKIT_ENVIRONMENT_URL: emulator.address,
    SCALEKIT_CLIENT_ID: client!.id,
    SCALEKIT_CLIENT_SECRET: client!.secret,
    SCALEKIT_WEBHOOK_SECRET: defaultWebhookSecret,
    COOKIE_ENCRYPTION_SECRET: randomBytes(32).toString('base64'),
    ...env,
  })
  const stop = async () => {
    await app.stop()
    await emulator.stop()
  }
  return { origin, provider: emulator.address, control, output: app.output, stop }
}

/** The app's address is part of its configuration, so it has to be known before the app is there. */
async function freePort(): Promise<number> {
  const { port, close } = await listen()
  await close()
  return port
}
