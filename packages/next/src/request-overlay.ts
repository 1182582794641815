import { NextResponse } from 'next/server.js'
import { visitedPathHeader } from './visited-path.js'

const listed = 'x-middleware-override-headers'
const prefix = 'x-middleware-request-'

/**
 * The answer of a proxy with the request headers that the page behind it is to see. Next takes them from the answer, as
 * one list of names and one header for each; where the app's own proxy has made such a list, it is kept but for the address.
 */
export function withOverlay(answer: Response, requestHeaders: Headers): Response {
  // Rebuilt, because the headers of a redirect or of an answer passed on are immutable.
  const headers = new Headers(answer.headers)
  if (goesOn(headers)) {
    const ours = NextResponse.next({ request: { headers: requestHeaders } }).headers
    // A name that the app has left out of its list is a header it has taken away, and stays away.
    const wanted = headers.has(listed) ? [prefix + visitedPathHeader] : [...ours.keys()]
    for (const name of wanted) {
      const value = ours.get(name)
      if (name.startsWith(prefix) && value !== null && !headers.has(name)) headers.set(name, value)
    }
    headers.set(listed, namesIn(headers).join(','))
  }
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers })
}

/** True where a page of the app is rendered in the end. */
export function goesOn(headers: Headers): boolean {
  return headers.has('x-middleware-next') || headers.has('x-middleware-rewrite')
}

function namesIn(headers: Headers): readonly string[] {
  return [...headers.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
}
