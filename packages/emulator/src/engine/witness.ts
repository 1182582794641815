import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Environment } from '../environment.js'
import { type Remarks, remark } from '../server/remarks.js'

/** Notes for the request log what the engine found out: client, person, session, error code. */
export function noteForLog(environment: Environment) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const error = errorIn(ctx)
    const authorization = environment.authorizations.find(ctx.oidc?.entities.Grant?.jti)
    const clientId = ctx.oidc?.client?.clientId
    const remarks: Remarks = {
      ...(clientId === undefined ? {} : { clientId }),
      ...(authorization === undefined ? {} : { userId: authorization.userId, sid: authorization.sid }),
      ...(error === undefined ? {} : { error }),
    }
    remark(ctx.res, remarks)
  }
}

/** The OAuth error code of an answer: in a JSON body, or in the redirect to the app. */
function errorIn(ctx: KoaContextWithOIDC): string | undefined {
  const location = ctx.response.get('location')
  if (location !== '' && URL.canParse(location)) return new URL(location).searchParams.get('error') ?? undefined
  const body: unknown = ctx.body
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  return String(body.error)
}
