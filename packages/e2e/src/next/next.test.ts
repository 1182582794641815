import { Browser, type Page } from '@scalegate/testing/audits'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type NextApp, startNextApp } from '../support/next-app.js'
import { signIn } from './sign-in.js'

/** One Next process is up to three programs, some pages are rendered once for everybody, and forms work without scripts. */
describe.each([15, 16] as const)('Next %i', (version) => {
  let app: NextApp

  beforeAll(async () => {
    app = await startNextApp(version)
  })
  afterAll(() => app?.stop())
  beforeEach(async () => {
    await app.reset()
  })

  const at = (path: string) => app.origin + path

  const signedIn = (email?: string) => signIn(app, email)
  const textOf = ({ text }: Page) => (/<p>(.*?)<\/p>/.exec(text)?.[1] ?? '').replaceAll('<!-- -->', '')
  const idOf = async (browser: Browser) =>
    (JSON.parse((await browser.fetch(at('/private'))).text) as { user: { id: string } }).user.id

  it('a session ended by back-channel logout is gone at once in proxy, page, route handler and action', async () => {
    const browser = await signedIn()
    const seen = async () => {
      const page = await browser.navigate(at('/seen'))
      return [page.headers.get('x-proxy-sees'), textOf(page), (await browser.fetch(at('/private'))).status]
    }
    const id = await idOf(browser)
    expect(await seen()).toEqual([id, `page sees ${id}`, 200])
    const { sessions } = await app.control.state()
    await app.control.revokeSession(sessions.find(({ status }) => status === 'active')!.id)
    expect((await app.control.deliveries()).at(-1)).toMatchObject({ status: 200 })
    expect(await seen()).toEqual(['stranger', 'page sees stranger', 401])
    expect((await postedForm(browser)).next).toBe(at('/auth/login?return_to=%2Fplain-action&posted_form=1'))
  })

  it('a session refreshed in the proxy is fresh in the page of the same request, for one token call', async () => {
    const browser = await signedIn()
    await app.pass(400)
    await app.control.clearRequests()
    const page = await browser.navigate(at('/seen'))
    expect(textOf(page)).toMatch(/^page sees usr_/)
    expect(page.headers.getSetCookie().length).toBeGreaterThan(0)
    expect(page.headers.get('cache-control')).toBe('private, no-store')
    expect((await app.control.requests()).filter(({ kind }) => kind === 'token')).toHaveLength(1)
    // The cookie that the page was shown is the one that the browser has now.
    expect(textOf(await browser.navigate(at('/seen')))).toBe(textOf(page))
    expect((await app.control.requests()).filter(({ kind }) => kind === 'token')).toHaveLength(1)
  })

  it('the app’s own proxy is kept, and its overlay and ours reach the page together', async () => {
    const page = await (await signedIn()).navigate(at('/headers?a=1'))
    const headers = new Map(JSON.parse(/<pre>([\s\S]*)<\/pre>/.exec(page.text)![1]!.replaceAll('&quot;', '"')) as [])
    expect([headers.get('x-from-own-proxy'), headers.get('x-scalegate-path')]).toEqual(['yes', '/headers?a=1'])
    expect(headers.get('cookie')).toMatch(/^scalegate/)
  })

  it('SEC-350 a static page is the same for everybody, and stays cacheable for strangers', async () => {
    const pages = [await new Browser().navigate(at('/static')), await (await signedIn()).navigate(at('/static'))]
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1)
    expect(pages.map(({ headers }) => [headers.get('cache-control'), headers.getSetCookie()])).toEqual([
      [expect.stringContaining('s-maxage'), []],
      // Nobody knows before the page whether it asks.
      ['private, no-store', []],
    ])
  })

  it('SEC-291 a page that is rendered once for everybody refuses to say who is calling', async () => {
    for (const browser of [await signedIn(), new Browser()])
      expect(textOf(await browser.navigate(at('/forced')))).toMatch(/^hello static_page/)
  })

  it('SEC-291 a cached function refuses to say who is calling, and keeps nobody for the next', async () => {
    for (const browser of [await signedIn(), await signedIn('gil@acme.test'), new Browser()])
      expect(textOf(await browser.navigate(at('/cached')))).toMatch(/^refused: .*unstable_cache/)
  })

  it('SEC-292 sixty interleaved requests of three people each see only themselves', async () => {
    const people = await Promise.all(
      ['ada@acme.test', 'max@acme.test', 'gil@acme.test'].map(async (email) => {
        const browser = await signedIn(email)
        return { browser, id: await idOf(browser) }
      }),
    )
    expect(new Set(people.map(({ id }) => id)).size).toBe(3)
    const answers = Array.from({ length: 60 }, async (_, index) => {
      const { browser, id } = people[index % 3]!
      const page = await browser.navigate(at('/seen'))
      return [page.headers.get('x-proxy-sees'), textOf(page)].join() === [id, `page sees ${id}`].join()
    })
    expect((await Promise.all(answers)).every(Boolean)).toBe(true)
  })

  describe('where no proxy has been', () => {
    // Its matcher leaves out addresses with a dot.
    const expired = async () => {
      const browser = await signedIn()
      await app.pass(400)
      await app.control.clearRequests()
      return browser
    }
    const refreshes = async () =>
      (await app.control.requests()).filter(({ grantType }) => grantType === 'refresh_token').length

    it('SEC-197 SEC-351 a token is spent only where its successor can leave: in auth.route, until it has answered', async () => {
      const browser = await expired()
      // A handler of its own cannot be known to have answered, so nothing is refreshed for it.
      for (const [path, said] of [
        ['/plain.x', 'stale: true'],
        ['/plain-stream.x', 'stale: true'],
      ] as const) {
        const page = await browser.fetch(at(path))
        expect([path, page.text, page.headers.getSetCookie(), await refreshes()]).toEqual([path, said, [], 0])
      }
      // Nor for HEAD.
      const head = await browser.fetch(at('/guarded.x'), { method: 'HEAD' })
      expect([head.headers.getSetCookie(), await refreshes()]).toEqual([[], 0])
      const guarded = await browser.fetch(at('/guarded.x'))
      expect([guarded.text, await refreshes()]).toEqual(['stale: false, stale: false', 1])
      expect(guarded.headers.getSetCookie().length).toBeGreaterThan(0)
      expect(guarded.headers.get('cache-control')).toBe('private, no-store')
    })

    it('SEC-351 a stream of auth.route that asks after the answer has left spends nothing', async () => {
      const browser = await signedIn()
      await app.control.clearRequests()
      const page = await browser.fetch(at(`/guarded-stream.x?ahead=${(await app.pass(0)) + 400}`))
      await app.pass(0)
      expect([page.text, await refreshes()]).toEqual(['stale: true', 0])
    })

    it('an address that is nobody’s gets what a handler says', async () => {
      const page = await (await signedIn()).fetch(at('/plain.x'))
      expect([page.text, page.headers.getSetCookie()]).toEqual(['stale: false', []])
    })
  })

  it('a page cannot log out, and says so, and nobody is logged out by it', async () => {
    const browser = await signedIn()
    expect(textOf(await browser.navigate(at('/leave-page')))).toMatch(/^cookies_read_only/)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  it('SEC-345 SEC-346 what a handler of its own answers to somebody signed in is private', async () => {
    const page = await (await signedIn()).fetch(at('/token'))
    expect([page.text.startsWith('eyJ'), page.headers.get('cache-control')]).toEqual([true, 'private, no-store'])
  })

  it('SEC-281 what the app’s own proxy takes away does not come back', async () => {
    const page = await new Browser().navigate(at('/headers'), { headers: { 'x-user-role': 'admin' } })
    expect(page.text).toContain('x-from-own-proxy')
    expect(page.text).not.toContain('x-user-role')
  })

  it('SEC-290 a form without scripts runs its action for somebody, and takes a stranger to the login and back', async () => {
    const browser = await signedIn()
    expect((await postedForm(browser)).next).toBe(at(`/page?marked=${await idOf(browser)}`))
    expect((await postedForm(new Browser())).next).toBe(at('/auth/login?return_to=%2Fplain-action&posted_form=1'))
  })

  /** Presses the button of the page as a browser without scripts does: a multipart form to the page itself. */
  async function postedForm(browser: Browser): Promise<Page> {
    const { text } = await browser.navigate(at('/plain-action'))
    const name = /name="(\$ACTION_ID_\w+)"/.exec(text)?.[1] ?? ''
    const boundary = 'form-boundary'
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n\r\n--${boundary}--\r\n`
    return browser.navigate(at('/plain-action'), {
      method: 'POST',
      from: at('/plain-action'),
      body,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
  }

  it('a server with a bad environment says everything that is wrong, and serves nothing', async () => {
    const started = await startNextApp(version, {
      environment: { SCALEKIT_CLIENT_ID: '', COOKIE_ENCRYPTION_SECRET: 'short' },
    }).catch((error: Error) => error.message)
    expect(started).toMatch(/SCALEKIT_CLIENT_ID: is missing/)
    expect(started).toMatch(/COOKIE_ENCRYPTION_SECRET: must be at least 32 bytes/)
    expect(started).toMatch(/answered 500/)
  })

  it('a page without the permission leads to the 403 page, or shows the app’s own where Next has been told to', async () => {
    const guest = await signedIn('gil@acme.test')
    const refused = await guest.navigate(at('/team'))
    expect([refused.status, refused.next]).toEqual([307, at('/auth/forbidden')])
    expect((await guest.navigate(refused.next ?? '')).status).toBe(403)

    const mounted = await startNextApp(version, { mounted: true })
    const answer = await (await signIn(mounted, 'gil@acme.test')).navigate(`${mounted.origin}/team`)
    const stranger = await new Browser().navigate(`${mounted.origin}/team`)
    await mounted.stop()
    expect([answer.status, answer.text.includes('forbidden.tsx'), answer.text.includes('team of')]).toEqual([
      403,
      true,
      false,
    ])
    expect(stranger.next).toBe(`${mounted.origin}/auth/login?return_to=%2Fapp%2Fteam`)
  })
})

describe.each([15, 16] as const)('next dev %i', (version) => {
  it('SEC-288 a guard without await reports itself, with the place where it stands', async () => {
    const app = await startNextApp(version, { dev: true })
    await new Browser().navigate(`${app.origin}/unguarded`)
    await expect.poll(app.output, { timeout: 10_000 }).toMatch(/guard_not_awaited: `auth\.requireAuth\(\)`/)
    const printed = app.output()
    await new Browser().navigate(`${app.origin}/page`)
    const since = app.output().slice(printed.length)
    await app.stop()
    expect(printed).toMatch(/app\/unguarded\/page\.tsx/)
    expect(since).not.toContain('guard_not_awaited')
  })
})
