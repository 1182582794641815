/** Where a page hears that somebody looks at it again: `window` and `document`, or stand-ins. */
export interface PageEvents {
  readonly window: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  readonly document: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
    readonly visibilityState: string
  }
}

/**
 * `looked`: somebody may have logged out elsewhere while nobody looked here. `restored`: the page comes out of the
 * back/forward cache, where time stood still. There is no channel between tabs: a log-out is a form post that leaves
 * every page with scripts, so no tab could announce it; the tab that is looked at next asks.
 */
export type PageReturn = 'looked' | 'restored'

/** Listens until the returned function is called. */
export function onPageReturn(page: PageEvents, listener: (how: PageReturn) => void): () => void {
  const looked = () => {
    if (page.document.visibilityState === 'visible') listener('looked')
  }
  const shown = (event: Event & { readonly persisted?: boolean }) => {
    if (event.persisted === true) listener('restored')
  }
  page.window.addEventListener('focus', looked)
  page.document.addEventListener('visibilitychange', looked)
  page.window.addEventListener('pageshow', shown)
  return () => {
    page.window.removeEventListener('focus', looked)
    page.document.removeEventListener('visibilitychange', looked)
    page.window.removeEventListener('pageshow', shown)
  }
}
