import type { AuditId } from './ids.js'

/**
 * How the audited app stands in the world.
 *
 * - `plain`: at the root of its own origin
 * - `secure`: the same, behind something that ends TLS for `https://app.example`; the issuer is given with a slash
 * - `mounted`: the framework mounts it under `AUDIT_BASE_PATH` (`/app`), which is the path of `APP_BASE_URL`
 * - `stripped`: a proxy in front takes `/app` off each path; `APP_BASE_URL` has it, and the app knows of nothing
 * - `parser`: a body parser of the framework stands before the kit and reads every form
 * - `renamed`: each route of the kit has a path of its own (`AUDIT_PATHS`)
 * - `twin`: a second kit for another client, with other cookies, at `/other`
 * - `brokered`: the kit expects modular SSO (`AUDIT_PRODUCT`), with short limits of a session (`AUDIT_SESSION`)
 */
export type Variant = 'plain' | 'secure' | 'mounted' | 'stripped' | 'parser' | 'renamed' | 'twin' | 'brokered'
export const variants: readonly Variant[] = [
  'plain',
  'secure',
  'mounted',
  'stripped',
  'parser',
  'renamed',
  'twin',
  'brokered',
]

/** How to start the audited app. Everything it needs is in the environment. */
export interface AppSettings {
  readonly variant: Variant
  /** Port on 127.0.0.1 to listen on. */
  readonly port: number
  /** The variables of the app; see AUDITED-APP.md. */
  readonly env: Readonly<Record<string, string>>
}

export interface RunningApp {
  /** Everything the app has printed, for reports. */
  output(): string
  stop(): Promise<void>
}

/** Thrown by a harness for a variant that its framework does not have; the audit is then not applicable, with this reason. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}

/** The only thing an adapter supplies: how to start the audited app on its framework. */
export interface Harness {
  /** E.g. `Express 5`. */
  readonly name: string
  /** What of the list does not hold on this framework, with the reason. Such an audit has to fail, or the entry is wrong. */
  readonly differs?: Readonly<Partial<Record<AuditId, string>>>
  /** Resolves once the app answers. Rejects where it ends before that, and with {@link NotApplicable}. */
  start(settings: AppSettings): Promise<RunningApp>
}
