import { NextResponse } from 'next/server.js'
import { describe, expect, it } from 'vitest'
import { withOverlay } from './request-overlay.js'

const seen = new Headers({ cookie: 'scalegate=new', 'x-scalegate-path': '/members', accept: 'text/html' })

/** The request headers that the page will see, by Next's own rules. */
function overlayOf({ headers }: Response): Record<string, string | null> {
  const names = headers.get('x-middleware-override-headers')?.split(',') ?? []
  return Object.fromEntries(names.map((name) => [name, headers.get(`x-middleware-request-${name}`)]))
}

describe('withOverlay', () => {
  it('shows the page the refreshed cookie and its address', () => {
    expect(overlayOf(withOverlay(NextResponse.next(), seen))).toEqual(Object.fromEntries(seen))
  })

  it('does so behind a rewrite of the app', () => {
    const answer = withOverlay(NextResponse.rewrite('http://localhost/en/members'), seen)
    expect(overlayOf(answer)).toEqual(Object.fromEntries(seen))
    expect(answer.headers.get('x-middleware-rewrite')).toBe('http://localhost/en/members')
  })

  it('keeps what the app’s own proxy overlays, and adds the rest', () => {
    const own = new Headers({ accept: 'text/html', cookie: 'scalegate=new; locale=en', 'x-nonce': 'abc' })
    expect(overlayOf(withOverlay(NextResponse.next({ request: { headers: own } }), seen))).toEqual({
      accept: 'text/html',
      cookie: 'scalegate=new; locale=en',
      'x-nonce': 'abc',
      'x-scalegate-path': '/members',
    })
  })

  it('SEC-281 leaves away what the app’s own proxy has taken away', () => {
    const forged = new Headers({ ...Object.fromEntries(seen), 'x-user-role': 'admin' })
    const own = new Headers(forged)
    own.delete('x-user-role')
    own.delete('cookie')
    const overlay = overlayOf(withOverlay(NextResponse.next({ request: { headers: own } }), forged))
    expect(overlay).toEqual({ accept: 'text/html', 'x-scalegate-path': '/members' })
  })

  it.each([
    ['a redirect', () => NextResponse.redirect('http://localhost/en')],
    ['an immutable redirect', () => Response.redirect('http://localhost/en', 308)],
    ['an answer of its own', () => new Response('maintenance', { status: 503 })],
  ])('tells nothing of the request in %s', async (_label, make) => {
    const [before, answer] = [make(), withOverlay(make(), seen)]
    expect([answer.status, await answer.text()]).toEqual([before.status, await before.text()])
    expect([...answer.headers]).toEqual([...before.headers])
    answer.headers.append('set-cookie', 'a=b')
  })

  it('keeps each cookie of the app a header of its own', () => {
    const answer = NextResponse.next()
    answer.cookies.set('a', '1')
    answer.cookies.set('b', '2')
    expect(withOverlay(answer, seen).headers.getSetCookie()).toHaveLength(2)
  })
})
