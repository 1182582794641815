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
