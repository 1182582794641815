import type { KoaContextWithOIDC } from 'oidc-provider'
import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { modularSubject } from './modular-sso.js'

/** What an interaction hands to the engine beside the account: where the person signed in. */
export interface Placement {
  readonly organizationId: string
  readonly sid: string
}

/** The one API that access tokens are for; the engine makes a JWT only for a resource. */
export const resource = 'urn:scalekit:api'

const placements = new WeakMap<KoaContextWithOIDC, Placement>()

/** Says where the person of a request without a page signs in. */
export function place(ctx: KoaContextWithOIDC, placement: Placement): void {
  placements.set(ctx, placement)
}

/** A fresh grant for each authorization: it stands for one person in one organization. */
export async function makeGrant(environment: Environment, ctx: KoaContextWithOIDC) {
  const { provider, session, client, params } = ctx.oidc
  const placement = placements.get(ctx) ?? (ctx.oidc.result?.placement as Placement | undefined)
  if (placement === undefined || session?.accountId === undefined || client === undefined) return undefined
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  const amr = session.amr ?? []
  const subject = modularSubject(environment, session.accountId, amr)
  const granted = String(params?.granted_scope ?? '')
  const scope = subject === undefined ? granted : granted.replace(/ ?\boffline_access\b/, '')
  grant.addOIDCScope(scope)
  grant.addResourceScope(resource, scope)
  const grantId = await grant.save()
  environment.authorizations.put(grantId, {
    ...placement,
    userId: session.accountId,
    clientId: client.clientId,
    amr,
    scope,
    authenticatedAt: environment.sessions.find(placement.sid)?.authenticatedAt ?? now(),
    ...(subject === undefined ? {} : { subject }),
  })
  return grant
}
