import { exchange } from '@scalegate/testing/audits'
import type { Child } from './child.js'
import { publicOrigin } from './fleet.js'
import { at, type Visitor } from './visitor.js'

/** Delivers a logout token as the provider does. */
export async function deliver(app: Child, token: string): Promise<number> {
  const body = new URLSearchParams({ logout_token: token }).toString()
  const headers = new Headers({
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  })
  return (await exchange(`${app.origin}/auth/backchannel-logout`, 'POST', headers, body)).status
}

/** The log-out form of a page of the app. */
export async function logOut(visitor: Visitor, app: Child): Promise<number> {
  const page = await at(app, visitor.browser).navigate(`${publicOrigin}/auth/logout`, {
    form: {},
    from: `${publicOrigin}/`,
  })
  return page.status
}
