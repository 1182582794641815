import type { Emulator, EmulatorOptions } from '../index.js'

/** The built package: a Worker cannot load TypeScript, so these tests need `npx tsup` before them. */
const built = new URL('../../dist/index.js', import.meta.url).href

/** Starts the built emulator on a free port. */
export async function startBuilt(options: EmulatorOptions = {}): Promise<Emulator> {
  const { startEmulator } = (await import(built)) as typeof import('../index.js')
  return startEmulator({ port: 0, ...options })
}

export const people = {
  ada: 'usr_104000000000000001',
  max: 'usr_104000000000000002',
  bea: 'usr_104000000000000003',
  gil: 'usr_104000000000000004',
  ivy: 'usr_104000000000000005',
} as const

export const organizations = {
  acme: 'org_102000000000000001',
  globex: 'org_102000000000000002',
  initech: 'org_102000000000000003',
} as const
export const connections = {
  acme: 'conn_103000000000000001',
  globex: 'conn_103000000000000002',
  initech: 'conn_103000000000000003',
} as const

export const redirectUri = 'http://127.0.0.1:3000/auth/callback'
