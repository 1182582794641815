import { AdminPortalError } from '../admin-portal-error.js'
import type { PortalEvent } from './portal-event.js'
import { showPortal } from './portal-frame.js'
import { askPortalLink, type PortalLinkRequest } from './portal-link.js'
import { isSessionEnd } from './portal-message.js'

const patienceMilliseconds = 30_000

/** Where a portal is shown, and who hears of it. Nobody does after the signal. */
export interface PortalOpening {
  readonly place: HTMLElement
  readonly title: () => string
  readonly loaded: () => void
  readonly received: (event: PortalEvent) => void
  /** The portal says that its session is over: a new link is needed. */
  readonly expired: () => void
  /** It came to nothing. */
  readonly failed: (error: AdminPortalError) => void
}

/** One link, one frame: fetches, shows and listens until the signal, which leaves nothing of it. */
export function openPortal(request: PortalLinkRequest, opening: PortalOpening, signal: AbortSignal): void {
  const fail = (error: AdminPortalError) => {
    if (!signal.aborted) opening.failed(error)
  }
  const patience = setTimeout(
    () => fail(new AdminPortalError('timeout', 'The portal did not come in 30 seconds.')),
    patienceMilliseconds,
  )
  signal.addEventListener('abort', () => clearTimeout(patience), { once: true })

  askPortalLink(request, signal).then((link) => {
    if (signal.aborted) return
    let isLoaded = false
    const loaded = () => {
      if (isLoaded) return
      isLoaded = true
      clearTimeout(patience)
      opening.loaded()
    }
    const blocked = () => fail(new AdminPortalError('blocked_by_policy', blockedBy(link.origin)))
    const received = (event: PortalEvent) => {
      opening.received(event)
      // Those who were told may have removed the element.
      if (signal.aborted) return
      if (event.type === 'PORTAL_LOAD_SUCCESS') loaded()
      else if (isSessionEnd(event)) opening.expired()
      else if (event.type === 'PORTAL_LOAD_FAILURE')
        fail(new AdminPortalError('portal_failed', 'The portal reports PORTAL_LOAD_FAILURE; its event has the reason.'))
    }
    showPortal(opening.place, opening.title(), link, { loaded, blocked, received }, signal)
  }, fail)
}

function blockedBy(origin: string): string {
  return `The Content-Security-Policy of this page needs \`frame-src ${origin}\`, see @scalegate/browser/csp.`
}
