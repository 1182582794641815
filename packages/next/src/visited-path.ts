/**
 * A React Server Component cannot ask for the address it is rendered at. The proxy knows it, and tells the page by this
 * request header: it is where a login comes back to.
 *
 * Whoever forges it where no proxy runs chooses only where they come back to themselves, among the paths of this app.
 */
export const visitedPathHeader = 'x-scalegate-path'

/** Path and query as the browser sees them; empty where no proxy has told. */
export function visitedPath(headers: Pick<Headers, 'get'>): string {
  return headers.get(visitedPathHeader) ?? ''
}

export function tellVisitedPath(headers: Headers, path: string): void {
  headers.set(visitedPathHeader, path)
}
