import { mustBe401, sessionDeletions, sessionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'
import type { Browser } from '../http/browser.js'
import { isDeletion, nameOf } from '../http/set-cookie.js'

/** Whatever it brought, the request goes on as a stranger’s. */
async function mustBeStranger(site: Site, cookies: readonly string[]): Promise<void> {
  const headers = ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty', ...cookies.map((value) => `Cookie: ${value}`)]
  const home = await site.raw({ target: `${site.path}/`, headers })
  mustBe('/: status and who is seen', [home.status, home.text.includes('stranger')], [200, true])
  const guarded = await site.raw({ target: `${site.path}/private`, headers })
  mustBe401(guarded)
}

/** The session of a browser in its pieces, each as `name=value`. */
async function piecesOf(site: Site, browser: Browser): Promise<readonly string[]> {
  return (await browser.cookieHeader(site.at('/'))).split('; ').filter((pair) => /^scalegate(?:\.\d)?=/.test(pair))
}

const flip = (pair: string, at: number) => {
  const position = pair.length - at
  return pair.slice(0, position) + (pair[position] === 'A' ? 'B' : 'A') + pair.slice(position + 1)
}

/** Cookies in and cookies out. */
export const cookies: readonly Audit[] = [
  {
    id: 'v4sz',
    name: 'MUST send each cookie in a Set-Cookie header of its own',
    cites: 'RFC 6265 §3; CVE-2026-54287; SEC-352',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const page = await site.logIn(browser, { person: 'bulky' })
      mustHold('the session takes several cookies', sessionLines(page).length > 1, sessionLines(page).length)
      for (const line of page.headers.getSetCookie())
        mustBe('Path attributes in one line', line.match(/; *path=/gi)?.length, 1)
      mustBe('person', (await site.sessionOf(browser)).user.id, bench.provider.people.bulky.subject)
    },
  },
  {
    id: 'prz6',
    name: 'MUST clear every chunk of a session that shrinks',
    cites: 'SEC-144; SEC-208',
    async run(bench) {
      const site = await bench.site()
      const browser = await site.signedIn('bulky')
      const before = (await piecesOf(site, browser)).map(nameOf)
      mustHold('it was long', before.length > 1, before)
      const page = await site.logInInstead(browser, 'guest')
      mustBe('deleted', sessionDeletions(page).map(nameOf).sort(), [...before].sort())
      mustBe('what is left', (await piecesOf(site, browser)).map(nameOf), ['scalegate'])
      mustBe('person', (await site.sessionOf(browser)).user.id, bench.provider.people.guest.subject)
    },
  },
  {
    id: '7fmn',
    name: 'MUST take a session cookie that was changed, cut or mixed for a stranger’s',
    cites: 'ASVS 9.1.1; CVE-2024-24814; SEC-129 to SEC-143',
    async run(bench) {
      const site = await bench.site()
      const [whole = ''] = await piecesOf(site, await site.signedIn('guest'))
      const bulky = await site.signedIn('bulky')
      const [first = '', second = '', ...rest] = await piecesOf(site, bulky)
      const others = await piecesOf(site, await site.signedIn('bulky'))
      await site.browser().navigate(site.at('/auth/login'))
      const swapped = [`scalegate.0=${second.slice(12)}`, `scalegate.1=${first.slice(12)}`, ...rest]
      await eachRow(
        [
          ['one letter in the middle', [flip(whole, Math.floor(whole.length / 2))]],
          ['last letter', [flip(whole, 1)]],
          ['half of it', [whole.slice(0, whole.length / 2)]],
          ['nothing', ['scalegate=']],
          ['rubbish', ['scalegate=Fe26.2*1*x*y*z']],
          [
            'a password id of Object.prototype',
            [whole.replace(/^scalegate=Fe26\.2\*[^*]*/, 'scalegate=Fe26.2*__proto__')],
          ],
          ['first chunk missing', [[second, ...rest].join('; ')]],
          ['second chunk missing', [[first, ...rest].join('; ')]],
          ['chunks swapped', [swapped.join('; ')]],
          ['chunks of two sessions', [[first, ...others.slice(1)].join('; ')]],
          ['indexes that are none', [`scalegate.00=a; scalegate.-1=b; scalegate.9999=c; scalegate.1e3=d`]],
          ['five hundred chunks', [Array.from({ length: 500 }, (_, index) => `scalegate.${index}=x`).join('; ')]],
        ],
        (_label, headers) => mustBeStranger(site, headers),
      )
    },
  },
  {
    id: 'mhp8',
    name: 'MUST NOT take a sealed value of another use for a session',
    cites: 'CVE-2023-48309; SEC-136; SEC-137',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      await browser.navigate(site.at('/auth/login'))
      const header = await browser.cookieHeader(site.at('/'))
      await mustBeStranger(site, [`scalegate=${header.slice(header.indexOf('=') + 1)}`])
      // The same secret would not help either: this app has its own, and its own client.
      const elsewhere = await bench.site('mounted')
      const foreign = (await (await elsewhere.signedIn()).cookieHeader(elsewhere.at('/'))).split('; ')
      await mustBeStranger(site, [foreign.join('; ')])
    },
  },
  {
    id: '4mwz',
    name: 'MUST NOT choose between two cookies of one name',
    cites: 'RFC 6265bis §8.6; SEC-146',
    async run(bench) {
      const site = await bench.site()
      const [own = ''] = await piecesOf(site, await site.signedIn('guest'))
      const [other = ''] = await piecesOf(site, await site.signedIn('member'))
      await eachRow(
        [
          ['two sessions', [`${own}; ${other}`]],
          ['a session and rubbish', [`${own}; scalegate=x`]],
          ['rubbish and a session', [`scalegate=x; ${own}`]],
          ['in two header lines', [own, other]],
        ],
        (_label, headers) => mustBeStranger(site, headers),
      )
    },
  },
  {
    id: '52hj',
    name: 'MUST NOT take a name that only looks like its own',
    cites: 'CVE-2026-39410; SEC-147; SEC-148',
    async run(bench) {
      const site = await bench.site()
      const [own = ''] = await piecesOf(site, await site.signedIn('guest'))
      const value = own.slice('scalegate='.length)
      await eachRow(
        [
          ['capitals', [`Scalegate=${value}`]],
          ['no-break space in front', [`\u00a0scalegate=${value}`]],
          ['escaped', [`%73calegate=${value}`]],
          ['value in quotes', [`scalegate="${value}"`]],
          ['escape in the value', [`scalegate=%46${value.slice(1)}`]],
          ['prefix of https', [`__Host-scalegate=${value}`]],
        ],
        (_label, headers) => mustBeStranger(site, headers),
      )
      const versioned = await site.raw({ target: `${site.path}/private`, headers: [`Cookie: $Version=1; ${own}`] })
      mustBe('the right name beside $Version', versioned.status, 200)
    },
  },
  {
    id: 'qjx2',
    name: 'MUST survive any Cookie header',
    cites: 'CVE-2024-7592; SEC-149',
    async run(bench) {
      const site = await bench.site()
      await eachRow(
        [
          ['no names', ['=x; =; ;;; a; ==']],
          ['bytes that are no text', ['scalegate=\u00ff\u00fe; \u00e9=1']],
          ['names of Object.prototype', ['__proto__=1; constructor=2; toString=3; hasOwnProperty=4']],
          ['broken escapes', ['scalegate=%E0%A4%A; a=%']],
          ['12 KB of one value', [`scalegate=${'x'.repeat(12_000)}`]],
          ['a thousand names', [Array.from({ length: 1000 }, (_, index) => `c${index}=1`).join('; ')]],
          ['ten thousand semicolons', [';'.repeat(10_000)]],
          [
            'a transaction that was never begun',
            ['scalegate-login.\u00e9=1; scalegate-login.a"b=2; scalegate-login.x.y=z'],
          ],
        ],
        async (_label, headers) => {
          await mustBeStranger(site, headers)
          const login = await site.raw({
            target: `${site.path}/auth/login`,
            headers: [
              'Sec-Fetch-Mode: navigate',
              'Sec-Fetch-Dest: document',
              ...headers.map((value) => `Cookie: ${value}`),
            ],
          })
          mustBe('a login', login.status, 303)
        },
      )
    },
  },
  {
    id: 'wjrn',
    name: 'MUST take an unusable session cookie away on a page load and leave it on a script’s request',
    cites: 'attack list 4.0 ANON; SEC-179',
    async run(bench) {
      const site = await bench.site()
      const headers = { cookie: 'scalegate=rubbish' }
      const fetched = await site.browser().fetch(site.at('/'), { headers })
      mustBe('script: cookies', fetched.headers.getSetCookie(), [])
      const page = await site.browser().navigate(site.at('/'), { headers })
      mustBe('page load: deletions', sessionDeletions(page).map(nameOf), ['scalegate'])
    },
  },
  {
    id: 'btgt',
    name: 'MUST set its cookies HttpOnly, SameSite=Lax and for the whole host, and on https Secure and __Host-',
    cites: 'RFC 6265bis §4.1.3; ASVS 3.3.1 to 3.3.4; SEC-150; SEC-153',
    async run(bench) {
      for (const variant of ['plain', 'secure'] as const) {
        const site = await bench.site(variant)
        const browser = site.browser()
        const started = await browser.navigate(site.at('/auth/login'))
        const page = await site.logIn(browser)
        const set = [...started.headers.getSetCookie(), ...page.headers.getSetCookie()].filter(
          (line) => !isDeletion(line),
        )
        mustHold('cookies were set', set.length >= 2, set.map(nameOf))
        for (const line of set) {
          mustMatch('HttpOnly', line, /; *HttpOnly/i)
          mustMatch('SameSite', line, /; *SameSite=Lax/i)
          mustMatch('Path', line, /; *Path=\/(?:;|$)/i)
          mustHold('no Domain', !/; *Domain=/i.test(line), nameOf(line))
          mustBe('Secure', /; *Secure/i.test(line), variant === 'secure')
          mustBe('prefix', line.startsWith('__Host-'), variant === 'secure')
        }
        mustBe('a browser that knows the rules is signed in', await site.isIn(browser), true)
      }
    },
  },
  {
    id: 'qs87',
    name: 'MUST leave the app’s own cookies alone, at login and at logout',
    cites: 'RFC 6265 §5.3',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      for (const line of ['theme=dark; Path=/', 'scalegate_other=1; Path=/', 'scalegatex.0=1; Path=/'])
        await browser.jar.setCookie(line, site.at('/'))
      await site.logIn(browser)
      await site.logOut(browser)
      mustBe('cookies that are left', [...(await browser.cookies(site.at('/'))).keys()].sort(), [
        'scalegate_other',
        'scalegatex.0',
        'theme',
      ])
    },
  },
  {
    id: 'x3sm',
    name: 'MUST NOT let a token reach the browser but inside a sealed cookie',
    cites: 'ASVS 10.1.1; CVE-2024-29901; SEC-157',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const pages = [await site.logIn(browser)]
      for (const path of ['/', '/private', '/page', '/auth/session', '/members'])
        pages.push(await browser.fetch(site.at(path)), await browser.navigate(site.at(path)))
      for (const { url, status, headers, text } of pages) {
        mustBeOneOf(`${new URL(url).pathname}: status`, status, [200, 303])
        // With its dots: random bytes of a seal spell `eyJ` now and then.
        const shown = text + JSON.stringify([...headers])
        mustHold(`${url.split('?')[0]}: no JWT`, !/eyJ[\w-]{10,}\.[\w-]{10,}\./.test(shown))
      }
    },
  },
]
