/** The variables the kit reads: the names Scalekit's own documents use. */
export const environmentNames = [
  'SCALEKIT_ENVIRONMENT_URL',
  'SCALEKIT_ENV_URL',
  'SCALEKIT_CLIENT_ID',
  'SCALEKIT_CLIENT_SECRET',
  'COOKIE_ENCRYPTION_SECRET',
  'APP_BASE_URL',
  'REDIRECT_URI',
  'SCALEKIT_WEBHOOK_SECRET',
] as const

export type EnvironmentName = (typeof environmentNames)[number]

/** Where variables come from: `process.env`, or what the platform hands over. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of this process, read at the moment of the call; empty where there is no process.
 * This is the one file of core that knows that processes exist.
 */
export function processEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } }
  return process?.env ?? {}
}

/**
 * True where several processes or isolates surely serve the same app, so that the memory of one of them is not the app's:
 * on workerd and Vercel's edge, and in a worker of Node's `cluster`. False says nothing: nobody can see other machines.
 */
export function isOneOfSeveral(): boolean {
  const { navigator, EdgeRuntime, process } = globalThis as {
    navigator?: { readonly userAgent?: string }
    EdgeRuntime?: unknown
    process?: { readonly getBuiltinModule?: (name: string) => unknown }
  }
  if (navigator?.userAgent === 'Cloudflare-Workers' || EdgeRuntime !== undefined) return true
  const cluster = process?.getBuiltinModule?.('node:cluster') as { readonly isWorker?: boolean } | undefined
  return cluster?.isWorker === true
}
