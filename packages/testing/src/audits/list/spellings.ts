import fc from 'fast-check'
import { mustNotReach, reached } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Site } from '../bench/site.js'
import { AuditFailure, eachRow, mustBe, mustHold } from '../check.js'

/** Attack row 283: one address in every spelling that some router or proxy reads as the same one. */
const spellings = [
  '/admin',
  '//admin',
  '/./admin',
  '/x/../admin',
  '/%61dmin',
  '/admin%2f',
  '/admin;a=b',
  '/admin%00',
  '/ADMIN',
  '/admin/',
  '/admin?',
  '/admin#x',
  '/admin/secret',
  '//admin/secret',
  '/admin//secret',
  '/admin/./secret',
  '/admin/x/../secret',
  '/admin\\secret',
  '/admin%2fsecret',
  '/admin%5csecret',
  '/%61dmin/secret',
  '/adm%69n/s%65cret',
  '/admin/secret/',
  '/admin/secret%00',
  '/admin/secret;a=b',
  '/admin/secret.rsc',
  '/admin/secret?_rsc=1',
  '/Admin/Secret',
  '/public/../admin/secret',
  '/public/..%2fadmin/secret',
  '/public%2f..%2fadmin%2fsecret',
  '/%2e/admin',
  '/%2e%2e/admin',
  '/.;/admin',
  '/..;/admin',
  '/\u00ef\u00bd\u0081dmin',
  '/%ef%bd%81dmin',
  '/adm\u00c4\u00b1n',
  '/%2561dmin',
  '/admin%20',
  '/admin%09',
  'http://a/admin',
  'http://a//admin',
  'https://evil.example/admin/secret',
]

const stranger = ['Accept: application/json', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty']

/** Handler reached implies guard ran: nobody without a session is ever where a handler says that it ran. */
async function mustBeGuarded(site: Site, target: string): Promise<void> {
  const answer = await site.raw({ target, headers: stranger })
  mustNotReach(answer)
  // What a malformed escape does is an audit of its own.
  if (isWellFormed(target)) mustHold('no server error', answer.status < 500, answer.status)
}

function isWellFormed(target: string): boolean {
  try {
    return decodeURIComponent(target) !== ''
  } catch {
    return false
  }
}

/** A path in which each letter may be escaped, in capitals, fullwidth, or have something odd beside it. */
const spelling = fc
  .tuple(
    fc.constantFrom('/admin', '/admin/secret', '/private', '/area/inner'),
    fc.array(fc.tuple(fc.nat(20), fc.nat(11))),
  )
  .map(([path, edits]) => edits.reduce<string>((text, [at, kind]) => edit(text, at, kind), path))

function edit(text: string, at: number, kind: number): string {
  const position = Math.min(at, text.length - 1)
  const letter = text[position] ?? ''
  const [before, after] = [text.slice(0, position), text.slice(position + 1)]
  const hex = (letter.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')
  const spelt = [
    `%${hex}`,
    `%${hex.toUpperCase()}`,
    `%25${hex}`,
    letter.toUpperCase(),
    `/${letter}`,
    `/.${letter}`,
    `${letter}/..`,
    `;x=y${letter}`,
    `\\${letter}`,
    `${letter}%00`,
    `%2e%2e/${letter}`,
    `%2f${letter}`,
  ][kind]
  const edited = before + spelt + after
  return edited.startsWith('/') ? edited : `/${edited}`
}

/** What a router makes of an address and what a guard makes of it must be one thing. */
export const addressSpellings: readonly Audit[] = [
  {
    id: '87mf',
    name: 'MUST NOT reach a guarded handler in any known spelling of its address without the guard having run',
    cites: 'CVE-2026-41248; CVE-2026-47676; SEC-283; SEC-294',
    async run(bench) {
      for (const variant of ['plain', 'mounted'] as const) {
        const site = await bench.site(variant)
        const spelt = spellings.map((target) =>
          target.startsWith('/') ? site.path + target : target.replace(/^(https?:\/\/[^/]+)/, `$1${site.path}`),
        )
        const encoded = site.path === '' ? [] : ['/%61pp/admin', '/app%2fadmin', '//app/admin', '/APP/admin', '/admin']
        await eachRow(
          [...spelt, ...encoded].map((target) => [target] as const),
          (target) => mustBeGuarded(site, target),
        )
        const person = await site.signedIn()
        for (const path of ['/admin', '/admin/secret'])
          mustBe(
            `${path}, signed in`,
            reached(await person.fetch(site.at(path))),
            path === '/admin' ? '/admin' : '/admin/:x',
          )
      }
    },
  },
  {
    id: 'q3rv',
    name: 'MUST NOT reach a guarded handler in any generated spelling of its address without the guard having run',
    cites: 'CVE-2026-41248; SEC-283',
    async run(bench) {
      const site = await bench.site()
      try {
        await fc.assert(
          fc.asyncProperty(spelling, (target) => mustBeGuarded(site, target)),
          { numRuns: 200, endOnFailure: false },
        )
      } catch (error) {
        throw new AuditFailure(error instanceof Error ? error.message : String(error))
      }
    },
  },
  {
    id: 'hfp9',
    name: 'MUST NOT guard one route with a path that the router reads as another',
    cites: 'CVE-2026-44574; SEC-283',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn('admin')
      const cookie = await person.cookieHeader(site.at('/'))
      const own = bench.provider.people.admin.organizationId
      const other = bench.provider.people.bulky.organizationId
      for (const target of [
        `/org/${other}?id=${own}`,
        `/org/${own}/../${other}`,
        `/org/${other}%2f..%2f${own}`,
        `/org/${other};${own}`,
      ]) {
        const answer = await site.raw({ target: site.path + target, headers: [...stranger, `Cookie: ${cookie}`] })
        mustNotReach(answer)
        mustHold('no server error', answer.status < 500, answer.status)
      }
    },
  },
]
