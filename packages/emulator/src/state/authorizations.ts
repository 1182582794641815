/** What one authorization request ended in: who, in which organization, out of which session. */
export interface Authorization {
  readonly userId: string
  /** `sub` of the tokens where it is not the user: in Modular SSO, the connection and the user's id there. */
  readonly subject?: string
  /** When the person proved who they are, NumericDate seconds. */
  readonly authenticatedAt: number
  readonly organizationId: string
  readonly sid: string
  readonly clientId: string
  readonly amr: readonly string[]
  /** The granted scopes, `offline_access` included, which the engine drops. */
  readonly scope: string
}

/** Authorizations by the engine's grant id. A grant is made afresh for each authorization request. */
export class Authorizations {
  readonly #byGrant = new Map<string, Authorization>()

  put(grantId: string, authorization: Authorization): void {
    this.#byGrant.set(grantId, authorization)
  }

  find(grantId: string | undefined): Authorization | undefined {
    return grantId === undefined ? undefined : this.#byGrant.get(grantId)
  }
}
