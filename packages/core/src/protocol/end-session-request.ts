import type { Endpoints } from './endpoints.js'

const maxAddress = 8192

/**
 * The address that ends the session at the provider, for a navigation of the browser (RP-Initiated Logout §2). An
 * expired `idTokenHint` is a good one. Without a hint, or with one that is too long for an address, `client_id` says
 * whose logout it is; the provider may then ask the person to confirm.
 */
export function createEndSessionUrl(
  endpoints: Pick<Endpoints, 'endSession'>,
  request: {
    readonly idTokenHint?: string
    readonly clientId: string
    /** Absolute and registered; Scalekit refuses others. */
    readonly postLogoutRedirectUri?: string
    readonly state?: string
  },
): URL {
  const { idTokenHint, clientId, postLogoutRedirectUri, state } = request
  const urlWith = (identification: Readonly<Record<string, string>>) => {
    const url = new URL(endpoints.endSession)
    const parameters = {
      ...identification,
      ...(postLogoutRedirectUri === undefined ? {} : { post_logout_redirect_uri: postLogoutRedirectUri }),
      ...(state === undefined ? {} : { state }),
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url
  }
  const hinted = idTokenHint === undefined ? undefined : urlWith({ id_token_hint: idTokenHint })
  return hinted !== undefined && hinted.href.length <= maxAddress ? hinted : urlWith({ client_id: clientId })
}
