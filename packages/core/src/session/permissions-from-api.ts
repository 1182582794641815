import * as z from 'zod/mini'
import { SessionError } from '../errors/scalegate-error.js'
import { fetchJson } from '../http/fetch-json.js'
import type { PermissionSource } from '../options/scalegate-options.js'

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
  const { userId, organizationId, issuer, fetch, deadline, managementToken } = request
  if (organizationId === undefined) return []
  const token = await managementToken()
  const path = `/api/v1/organizations/${encodeURIComponent(organizationId)}/users/${encodeURIComponent(userId)}/permissions`
  const answer = await fetchJson(
    fetch,
    issuer + path,
    { method: 'GET', headers: { accept: 'application/json', authorization: `Bearer ${token}` } },
    { deadline, maxBytes: 256 * 1024 },
  )
  if (answer.kind === 'failure') throw new SessionError('permissions_unavailable')
  // No membership, no permissions; the session itself ends at its next refresh.
  if (answer.status === 403 || answer.status === 404) return []
  const parsed = answer.status === 200 ? answerSchema.safeParse(answer.body) : undefined
  if (!parsed?.success) throw new SessionError('permissions_unavailable')
  return parsed.data.permissions.map(({ name }) => name).filter((name) => name !== '')
}
