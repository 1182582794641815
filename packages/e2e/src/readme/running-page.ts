import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defaultWebhookSecret, type Emulator, startEmulator } from '@scalegate/emulator'
import { afterAll, beforeAll } from 'vitest'
import { listen } from '../support/listen.js'
import { type Program, startProgram } from '../support/program.js'
import { testSecret } from '../support/secret.js'
import type { Document } from './document.js'
import { otherPort } from './documented-app.js'
import { type Framework, programOf } from './whole-programs.js'

/** The whole program of a page, as it is printed, and the emulator beside it. */
export interface RunningPage {
  readonly origin: string
  readonly emulator: Emulator
  readonly output: () => string
  /** Tells the program to end, and gives it five seconds for that. */
  readonly end: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface PagePlan {
  /** @defaultValue full-stack-auth */
  readonly product?: 'modular-sso'
  /** Further variables. */
  readonly env?: (origin: string) => Promise<Readonly<Record<string, string>>>
  /** A module that is loaded before the program. */
  readonly preload?: string
  /** In place of the page's `app.mjs`. */
  readonly program?: string
}

/** Starts it inside this package, where its imports resolve as they do for somebody who has the packages. */
export async function startPage(
  page: Document,
  framework: Exclude<Framework, 'next'>,
  plan: PagePlan = {},
): Promise<RunningPage> {
  const { port, close } = await listen()
  await close()
  const origin = `http://localhost:${port}`
  const folder = await mkdtemp(fileURLToPath(new URL('../../node_modules/.how-to-', import.meta.url)))
  const emulator = await startEmulator({
    port: 0,
    settings: { product: plan.product ?? 'full-stack-auth' },
    clients: { initiateLoginUri: `${origin}/auth/login` },
  })
  const preloads = [otherPort(port), plan.preload].filter((text) => text !== undefined)
  let program: Program | undefined
  const stop = async () => {
    await program?.stop()
    await emulator.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const names = preloads.map((_, n) => `preload-${n}.mjs`)
    const files = new Map([
      ...programOf(page, framework),
      ...preloads.map((text, n) => [names[n] ?? '', text] as const),
    ])
    if (plan.program !== undefined) files.set('app.mjs', plan.program)
    for (const [name, code] of files) await writeFile(`${folder}/${name}`, code)
    program = await startProgram([...names.map((name) => `--import=${folder}/${name}`), `${folder}/app.mjs`], {
      SCALEKIT_ENVIRONMENT_URL: emulator.environmentUrl,
      SCALEKIT_CLIENT_ID: emulator.clientId,
      SCALEKIT_CLIENT_SECRET: emulator.clientSecret,
      SCALEKIT_WEBHOOK_SECRET: defaultWebhookSecret,
      COOKIE_ENCRYPTION_SECRET: testSecret,
      APP_BASE_URL: origin,
      ...(await plan.env?.(origin)),
    })
    return { origin, emulator, output: program.output, end: program.stop, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** One for the tests of a block. */
export function usePage(...args: Parameters<typeof startPage>): () => RunningPage {
  let running: RunningPage | undefined
  beforeAll(async () => {
    running = await startPage(...args)
  })
  afterAll(() => running?.stop())
  return () => {
    if (running === undefined) throw new Error('The program is there from beforeAll to afterAll.')
    return running
  }
}
