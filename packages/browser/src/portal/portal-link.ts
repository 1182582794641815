import { AdminPortalError } from '../admin-portal-error.js'
import { environmentOrigin, parsed } from '../environment-origin.js'

/** What the app's own route is asked. */
export interface PortalLinkRequest {
  /** The route of this app that makes portal links, absolute. */
  readonly address: string
  /** The parts of the portal to show; all of them without. */
  readonly features: readonly string[]
  /** The origin that the page expects, where it says one. */
  readonly environment: string | undefined
}

/** A portal link that leads where it should. Single use, and a credential: it goes into the frame and nowhere else. */
export interface PortalLink {
  readonly location: string
  /** The origin of `location`, the only one whose messages count. */
  readonly origin: string
  /** Where the server says whose portal it is, events of other organizations are dropped. */
  readonly organizationId: string | undefined
}

/**
 * Asks the app for a portal link. It lasts one minute and works once, so nothing on the way may keep it.
 *
 * @throws AdminPortalError `link_unavailable`, `link_refused`, `link_invalid`, `location_refused`
 */
export async function askPortalLink(request: PortalLinkRequest, signal: AbortSignal): Promise<PortalLink> {
  const response = await answerTo(request, signal)
  const body = await json(response)
  if (!response.ok) throw refusal(response, body)
  return checkedLink(body, request)
}

async function answerTo({ address, features }: PortalLinkRequest, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
      // A redirect would be followed to a login page, whose CORS error says nothing.
      redirect: 'manual',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      // Also where there is nothing to say: servers refuse a post without a type.
      body: JSON.stringify(features.length > 0 ? { features } : {}),
      signal,
    })
  } catch {
    throw new AdminPortalError('link_unavailable', 'The route in `src` could not be reached.')
  }
}

async function json(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await response.json().catch(() => undefined)
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}

function refusal({ status }: Response, { code }: Readonly<Record<string, unknown>>): AdminPortalError {
  // A redirect that was not followed has status 0.
  if (status === 0) return new AdminPortalError('link_refused', 'The route in `src` redirects; it must answer JSON.')
  const problem = typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : undefined
  return new AdminPortalError(
    'link_refused',
    `The route in \`src\` answered ${status}${problem === undefined ? '' : ` ${problem}`}.`,
    { status, problem },
  )
}

function checkedLink(body: Readonly<Record<string, unknown>>, request: PortalLinkRequest): PortalLink {
  const { location, environment, organizationId } = body
  const url = typeof location === 'string' ? parsed(location) : undefined
  const told = environmentOrigin(environment)
  if (url === undefined || told === undefined)
    throw new AdminPortalError('link_invalid', 'The route in `src` must answer `location` and `environment`.')
  if (told !== (request.environment ?? told))
    throw new AdminPortalError('location_refused', 'The server uses another environment than the attribute says.')
  if (url.origin !== told || url.username !== '' || url.password !== '')
    throw new AdminPortalError('location_refused', 'The portal link does not lead into the Scalekit environment.')
  // Its sandbox has scripts and its own origin: with ours it could take the sandbox off.
  if (told === new URL(request.address).origin)
    throw new AdminPortalError('location_refused', 'The portal must not have the origin of this page.')
  return { location: url.href, origin: told, organizationId: text(organizationId) }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
