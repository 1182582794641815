import { now } from '../clock.js'
import { sign } from '../engine/token-response.js'
import type { Environment } from '../environment.js'
import type { Claims } from '../jws.js'
import type { Client, Organization } from '../state/directory.js'
import { override } from '../state/token-mutations.js'
import { initiateLoginUrl } from './address.js'

/** Seconds, as in Scalekit's sample. */
const LIFETIME = 300

/** Somebody who starts an app from their identity provider's portal, and what to change about the token. */
export interface IdpInitiatedLogin {
  readonly client: Client
  readonly organization: Organization
  readonly email: string
  readonly relayState?: string | undefined
  /** Overrides; `null` removes a claim. */
  readonly claims?: Claims | undefined
  /** Overrides; `null` removes a member. */
  readonly header?: Claims | undefined
  /** Seconds. */
  readonly lifetime?: number | undefined
}

/** Where Scalekit sends the browser: the app, which begins an ordinary login with what the token says. */
export async function idpInitiatedLogin(
  environment: Environment,
  login: IdpInitiatedLogin,
): Promise<{ readonly url: string; readonly token: string } | undefined> {
  const plain = initiateLoginUrl(login.client)
  if (plain === undefined) return undefined
  const at = now()
  const claims: Claims = {
    iss: environment.settings.idpInitiatedIssuer === 'app' ? new URL(plain).origin : environment.url,
    organization_id: login.organization.id,
    connection_id: environment.directory.connections.activeOf(login.organization.id)?.id,
    login_hint: login.email,
    ...(login.relayState === undefined ? {} : { relay_state: login.relayState }),
    iat: at,
    nbf: at,
    exp: at + (login.lifetime ?? LIFETIME),
  }
  const { header } = login
  const token = await sign(environment, override(claims, login.claims), header === undefined ? {} : { header })
  const url = initiateLoginUrl(login.client, { idp_initiated_login: token })
  return url === undefined ? undefined : { url, token }
}
