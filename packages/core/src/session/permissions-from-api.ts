import * as z from 'zod/mini'
import { SessionError } from '../errors/scalegate-error.js'
import { createExchange } from '../management/exchange.js'
import { path } from '../management/path.js'
import type { PermissionRequest, PermissionSource } from '../options/scalegate-options.js'

const answerSchema = z.object({ permissions: z.array(z.object({ name: z.string() })) })

/**
 * The permissions Scalekit's REST API gives for the person in the organization of the session, which include the
 * `sk_*` ones whatever the access token says (`GET /api/v1/organizations/{oid}/users/{sub}/permissions`).
 *
 * ```ts
 * const auth = scalegate({ permissions: permissionsFromApi })
 * ```
 *
 * @throws SessionError permissions_unavailable when the API does not answer; the session is kept and asks again.
 */
export const permissionsFromApi: PermissionSource = async (request) => {
  const { userId, organizationId } = request
  if (organizationId === undefined) return []
  const answer = await askedFor(request, organizationId, userId)
  // No membership, no permissions; the session itself ends at its next refresh.
  if (answer?.status === 403 || answer?.status === 404) return []
  const parsed = answer?.status === 200 ? answerSchema.safeParse(answer.body) : undefined
  if (!parsed?.success) throw new SessionError('permissions_unavailable')
  return parsed.data.permissions.map(({ name }) => name).filter((name) => name !== '')
}

/** The first step of the management client alone: decoding and retries of the rest would be 2 kB for one answer. */
async function askedFor(request: PermissionRequest, organizationId: string, userId: string) {
  const { issuer, fetch, managementToken, deadline } = request
  const exchange = createExchange({ environmentUrl: issuer, fetch, token: managementToken })
  try {
    const place = path`/organizations/${{ organizationId }}/users/${{ userId }}/permissions`
    const made = await exchange({ method: 'GET', path: place }, deadline)
    return made.kind === 'sent' && made.answer.kind === 'answer' ? made.answer : undefined
  } catch {
    // Ids that cannot stand in a path: nobody has them.
    return undefined
  }
}
