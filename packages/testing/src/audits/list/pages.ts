import { mustBePrivate, mustLeadToLogin, mustNotReach, mustReach } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import { eachRow, mustBe, mustHold } from '../check.js'

async function mustGuard(bench: Bench, path: string): Promise<void> {
  const site = await bench.site()
  const person = await site.signedIn()
  const page = await person.navigate(site.at(path))
  mustReach(page, path)
  mustHold('it shows the person', page.text.includes(bench.provider.people.admin.subject))
  mustBePrivate(page)
  mustLeadToLogin(await site.browser().navigate(site.at(path)), site.at('/auth/login'), site.path + path)
}

/** Pages, layouts and actions of frameworks that have them, and the side doors to all of them. */
export const pages: readonly Audit[] = [
  {
    id: 'tmpm',
    name: 'MUST guard pages: a stranger is led to the login, and nothing of the page is sent',
    cites: 'A3; SEC-291',
    run: async (bench) => mustGuard(bench, '/page'),
  },
  {
    id: 'v8kd',
    name: 'MUST protect what is inside of a guarded layout: a stranger is led to the login, and nothing of it is sent',
    cites: 'A3; SEC-291',
    run: async (bench) => mustGuard(bench, '/layout/inner'),
  },
  {
    id: 'cbqw',
    name: 'MUST run no action of a page for a stranger',
    cites: 'CVE-2025-55183; SEC-290',
    async run(bench) {
      const site = await bench.site()
      const acted = async () => Number((await site.browser().fetch(site.at('/acted'))).text)
      const person = await site.signedIn()
      const page = await person.navigate(site.at('/action'))
      mustReach(page, '/action')
      const { body, type } = formOf(page.text)
      const post = { body, headers: { 'content-type': type }, from: site.at('/action') }
      const before = await acted()
      await person.navigate(site.at('/action'), post)
      mustBe('the action of a signed-in person has run', await acted(), before + 1)
      const stranger = await site.browser().navigate(site.at('/action'), post)
      mustBe('the same post of a stranger has run', (await acted()) - before - 1, 0)
      mustNotReach(stranger)
      mustHold('no server error', stranger.status < 500, stranger.status)
    },
  },
  {
    id: '8xnb',
    name: 'MUST NOT send anything of a guarded page by a data route or an odd header',
    cites: 'CVE-2026-44573; CVE-2026-44575; SEC-282',
    async run(bench) {
      const site = await bench.site()
      const targets = [
        '/page.rsc',
        '/page?_rsc=1abcd',
        '/page.json',
        '/_next/data/build/page.json',
        '/_next/data/build/en/page.json',
        '/page.segments/_tree.segment.rsc',
        '/page.segments/__PAGE__.segment.rsc',
        '/layout/inner.rsc',
        '/admin.rsc',
      ]
      await eachRow(
        targets.map((target) => [target] as const),
        async (target) => {
          for (const headers of [[], ['RSC: 1'], ['RSC: 1', 'Next-Router-Prefetch: 1'], ['X-Nextjs-Data: 1']]) {
            const answer = await site.raw({ target: site.path + target, headers })
            mustNotReach(answer)
            mustHold('no server error', answer.status < 500, answer.status)
          }
        },
      )
    },
  },
  {
    id: 'xtq7',
    name: 'MUST NOT let a WebSocket handshake past a guard',
    cites: 'ASVS 4.4.2; SEC-287',
    async run(bench) {
      const site = await bench.site()
      const headers = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]
      // A server that closes the connection has answered as well.
      const answer = await site.raw({ target: `${site.path}/private`, headers }).catch(() => undefined)
      if (answer === undefined) return
      mustNotReach(answer)
      mustHold('no 101', answer.status !== 101, answer.status)
    },
  },
  {
    id: 'n38d',
    name: 'MUST show each of many people at once only themselves',
    cites: 'CVE-2025-67490; SEC-181; SEC-291; SEC-292',
    async run(bench) {
      const site = await bench.site()
      const names = ['admin', 'member', 'guest', 'bulky'] as const
      const browsers = await Promise.all(names.map((name) => site.signedIn(name)))
      const paths = ['/private', '/page', '/']
      const requests = Array.from({ length: 72 }, (_, index) => ({
        who: (index * 7) % names.length,
        path: paths[index % paths.length] ?? '/',
      }))
      await Promise.all(
        requests.map(async ({ who, path }) => {
          const page = await browsers[who]?.navigate(site.at(path))
          const seen = names.filter((name) => page?.text.includes(bench.provider.people[name].subject))
          mustBe(`${path} of ${names[who]}: who is shown`, seen, [names[who]])
        }),
      )
    },
  },
]

/** The only form of a page, filled in as it stands, in the encoding it asks for. */
export function formOf(text: string): { readonly body: string; readonly type: string } {
  const form = /<form[\s\S]*?<\/form>/i.exec(text)?.[0] ?? ''
  const fields = [...form.matchAll(/<input[^>]*>/gi)].flatMap(([input]): [string, string][] => {
    const name = /\sname="([^"]*)"/i.exec(input)?.[1]
    return name === undefined ? [] : [[name, /\svalue="([^"]*)"/i.exec(input)?.[1]?.replaceAll('&quot;', '"') ?? '']]
  })
  if (!/enctype="multipart\/form-data"/i.test(form))
    return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' }
  const boundary = 'audited-form-boundary'
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return { body: `${parts.join('')}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` }
}
