import type { PortalEvent } from './portal-event.js'
import type { PortalLink } from './portal-link.js'
import { readPortalMessage } from './portal-message.js'

/**
 * What the portal may do in the page. Not among it: to take the page elsewhere, and to open dialogs over it. People who
 * try a connection get a window of their identity provider that is an ordinary one, and certificates can be saved.
 */
const sandbox =
  'allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads'

/** What is heard of a frame. */
export interface FrameListeners {
  /** A document was loaded, which may also be the browser's own page about a failure. */
  readonly loaded: () => void
  /** The page's own policy forbids the frame. */
  readonly blocked: () => void
  readonly received: (event: PortalEvent) => void
}

/** Puts the portal into a place, and listens to it until the signal, which also removes it. */
export function showPortal(
  place: HTMLElement,
  title: string,
  link: PortalLink,
  listeners: FrameListeners,
  signal: AbortSignal,
): void {
  const frame = document.createElement('iframe')
  frame.setAttribute('part', 'frame')
  frame.setAttribute('sandbox', sandbox)
  frame.allow = 'clipboard-write'
  frame.referrerPolicy = 'no-referrer'
  frame.title = title
  frame.addEventListener('load', listeners.loaded, { signal })
  window.addEventListener(
    'message',
    ({ origin, source, data }) => {
      if (origin !== link.origin || source === null || source !== frame.contentWindow) return
      const event = readPortalMessage(data, link.organizationId)
      if (event !== undefined) listeners.received(event)
    },
    { signal },
  )
  document.addEventListener(
    'securitypolicyviolation',
    ({ effectiveDirective, blockedURI, disposition }) => {
      if (effectiveDirective !== 'frame-src' || disposition !== 'enforce') return
      // Browsers tell the origin alone, or the address: it is compared and never shown.
      if (blockedURI === link.origin || blockedURI.startsWith(`${link.origin}/`)) listeners.blocked()
    },
    { signal },
  )
  signal.addEventListener('abort', () => frame.remove(), { once: true })
  // The address is there before the frame is, so that the page's history gets no entry.
  frame.src = link.location
  place.append(frame)
}
