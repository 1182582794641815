import { defaultSeed } from '@scalegate/emulator'
import type { Browser } from '@scalegate/testing/audits'

/** A claim that makes a session longer than one cookie, and one that makes it longer than all of them may be. */
export const claims = { long: 'x'.repeat(600), tooLong: 'x'.repeat(6000) }

const [acme, ...others] = defaultSeed.organizations

/** A seed in which everybody of Acme has a session of two cookies. */
export const longSessions = { ...defaultSeed, organizations: [{ ...acme!, claims: { note: claims.long } }, ...others] }

/** The cookies of a browser, apart and as one `Cookie` header. */
export async function cookiesOf(
  browser: Browser,
  url: string,
): Promise<{ all: ReadonlyMap<string, string>; header: string }> {
  const all = await browser.cookies(url)
  return { all, header: cookieHeader(all) }
}

export function cookieHeader(cookies: Iterable<readonly [string, string]>): string {
  return [...cookies].map((pair) => pair.join('=')).join('; ')
}
