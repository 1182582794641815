import { createManagementClient, type ManagementClient } from '@scalegate/core/management'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type Bench, organizations, people, startBench } from '../test/bench.js'
import { type Sending, Visitor } from '../test/visitor.js'
import type { MailsPerHour } from './mails-per-hour.js'
import { members } from './members.js'

const { acme, globex } = organizations
let bench: Bench<readonly [ReturnType<typeof members>]>
let scalekit: ManagementClient
let ada: Visitor

beforeAll(async () => {
  bench = await startBench([members({ mailsPerHour: { inviter: 1000, organization: 1000 } })])
  const { environmentUrl, clientId, clientSecret } = bench.emulator
  scalekit = createManagementClient({ environmentUrl, clientId, clientSecret })
  ada = await bench.signedIn('ada')
})
afterAll(() => bench.stop())
beforeEach(async () => void (await bench.upstream()))

const invite = (fields: object, sending: Sending = {}, who = ada) =>
  bench.call(who, '/auth/members/invite', sending.form === undefined ? { json: fields, ...sending } : sending)
const said = ({ status, body }: Answer) => [status, body.code]
const invitationsOf = async (email: string) =>
  (await bench.emulator.control.state()).invitations.filter((one) => one.email === email)
let made = 0
/** An address that nobody has yet. */
const newAddress = () => {
  made += 1
  return `new${made}@acme.test`
}

describe('an invitation', () => {
  it('goes out by mail for the caller’s own organization, in their name', async () => {
    const email = newAddress()
    const answer = await invite({ email, given_name: ' Zoë ', family_name: 'Zest' })
    expect([answer.status, answer.body]).toEqual([200, { invited: { email } }])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    const sent = { email, organizationId: acme, roles: ['member'], inviterEmail: 'ada@acme.test' }
    expect(await invitationsOf(email)).toMatchObject([sent])
    expect((await bench.emulator.control.state()).users.at(-1)).toMatchObject({ email, name: 'Zoë Zest' })
    expect(bench.reports().at(-1)).toEqual({ event: 'member_invited', details: { outcome: 'new_person', roles: 0 } })
    expect(JSON.stringify(bench.events)).not.toContain(email)
  })

  it('names no inviter by an address that nobody has verified', async () => {
    const email = newAddress()
    const { session } = (await bench.call(ada, '/auth/session')).body
    const user = { ...session.user, email: 'ceo@acme.test', emailVerified: false }
    expect(await bench.auth.members.invite({ ...session, user }, { email })).toEqual({ email })
    expect((await invitationsOf(email))[0]).not.toHaveProperty('inviterEmail')
  })

  it('leads a person who posted the form back to its page', async () => {
    const form = { email: newAddress(), return_to: '/settings/members' }
    const answer = await bench.call(ada, '/auth/members/invite', { form, as: 'navigation' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${bench.origin}/settings/members`])
  })

  it('is not for strangers, nor for those without the permission', async () => {
    const max = await bench.signedIn('max')
    await bench.upstream()
    expect(said(await invite({ email: newAddress() }, {}, max))).toEqual([403, 'forbidden'])
    const stranger = await invite({ email: newAddress() }, {}, new Visitor())
    expect([stranger.status, await bench.upstream()]).toEqual([401, []])
  })

  it.each([
    ['a line end and a header', 'a@evil.com\r\nBcc: b@evil.com'],
    ['NUL', 'a\0@evil.com'],
    ['a list', 'a@evil.com,b@evil.com'],
    ['a semicolon', 'a@evil.com;b@evil.com'],
    ['quotes', '"a"@evil.com'],
    ['a name', 'Ada <a@evil.com>'],
    ['a comment', 'a(b)@evil.com'],
  ])('SEC-327 refuses an address with %s, as JSON and as a form, and sends nothing', async (_what, email) => {
    expect(said(await invite({ email }))).toEqual([400, 'email_invalid'])
    expect(said(await invite({}, { form: { email } }))).toEqual([400, 'email_invalid'])
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-328 goes to the address that NFKC and punycode make of it, and shows that', async () => {
    const written = ['Homo1＠GООGLE.example.', 'homo2﹫bücher.example']
    const addresses = ['homo1@xn--ggle-55da.example', 'homo2@xn--bcher-kva.example']
    // Two letters of the first one are Cyrillic.
    expect(written[0]).toMatch(/\u041e\u041e/)
    for (const [index, email] of written.entries()) {
      expect((await invite({ email })).body).toEqual({ invited: { email: addresses[index] } })
      expect(await invitationsOf(addresses[index] ?? '')).toHaveLength(1)
    }
    await bench.upstream()
    expect(said(await invite({ email: 'a@good.com＠evil.com' }))).toEqual([400, 'email_invalid'])
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-329 refuses a long address, and more than one', async () => {
    expect(said(await invite({ email: `${'a'.repeat(291)}@evil.com` }))).toEqual([400, 'email_invalid'])
    const two = ['one@acme.test', 'two@acme.test']
    expect(said(await invite({ email: two }))).toEqual([400, 'fields_invalid'])
    const form = new URLSearchParams(two.map((email) => ['email', email]))
    expect(said(await invite({}, { form }))).toEqual([400, 'fields_invalid'])
    const tenThousand = Array.from({ length: 10_000 }, (_, index) => `many${index}@acme.test`)
    expect(said(await invite({ email: tenThousand }))).toEqual([413, 'payload_too_large'])
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-331 refuses another organization in the body or the query', async () => {
    const fields = { email: newAddress(), organization_id: globex }
    expect(said(await invite(fields))).toEqual([403, 'wrong_organization'])
    const path = `/auth/members/invite?organization_id=${globex}`
    expect(said(await bench.call(ada, path, { json: { email: fields.email } }))).toEqual([403, 'wrong_organization'])
    expect(await bench.upstream()).toEqual([])
    expect((await invite({ ...fields, organization_id: acme })).status).toBe(200)
  })

  it('SEC-332 passes on no field that it does not know', async () => {
    const email = newAddress()
    const form = {
      email,
      external_id: 'boss',
      externalId: 'boss',
      metadata: 'owner',
      isOwner: 'true',
      inviter_email: 'ceo@acme.test',
      sendInvitationEmail: 'false',
      send_invitation_email: 'false',
      'membership.roles': 'admin',
    }
    expect((await invite({}, { form })).status).toBe(200)
    expect(await invitationsOf(email)).toMatchObject([{ roles: ['member'], inviterEmail: 'ada@acme.test' }])
    const { items } = await scalekit.users.search({ organizationId: acme, query: email }).page()
    expect(items).toMatchObject([{ email, memberships: [{ membershipStatus: 'PENDING_INVITE' }] }])
    expect(JSON.stringify(items)).not.toMatch(/boss|owner|ceo/)
  })

  it.each([{ metadata: { plan: 'free' } }, { isOwner: true }, { sendInvitationEmail: false }])(
    'SEC-332 refuses what is no text: %j',
    async (extra) => {
      expect(said(await invite({ email: newAddress(), ...extra }))).toEqual([400, 'fields_invalid'])
      expect(await bench.upstream()).toEqual([])
    },
  )

  it.each([
    ['markup', '<b>Ada</b>'],
    ['an address to follow', 'https://evil.com'],
    ['a line end', 'Ada\r\nBcc: b@evil.com'],
    ['NUL', 'Ada\0'],
    ['a mark of direction', 'Ada\u202eevil'],
    ['too many letters', 'A'.repeat(101)],
    ['nothing but spaces', '   '],
  ])('SEC-333 refuses a name with %s', async (_what, name) => {
    for (const field of ['given_name', 'family_name']) {
      const { status, body } = await invite({ email: newAddress(), [field]: name })
      expect([status, body.code, body.field]).toEqual([400, 'text_invalid', field])
    }
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-334 answers alike for somebody new, of other organizations, invited, a member, a former one, and oneself', async () => {
    const max = 'max@acme.test'
    const { id: elsewhere } = await scalekit.users.create({ organizationId: globex }, { email: 'only@globex.test' })
    await scalekit.users.create({ organizationId: globex }, { email: 'former@globex.test' })
    const [former] = (await scalekit.users.searchAll({ query: 'former@globex.test' }).page()).items
    const gone = { organizationId: acme, userId: former?.id ?? '' }
    await scalekit.memberships.create(gone)
    await scalekit.memberships.delete(gone)
    const pending = newAddress()
    await invite({ email: pending }, {}, await bench.signedIn('ada'))
    const cases: readonly (readonly [string, string])[] = [
      ['new_person', newAddress()],
      ['known_person', 'only@globex.test'],
      ['known_person', 'former@globex.test'],
      // Roles differ, so that it is no second click.
      ['sent_again', pending],
      ['member_already', max],
      ['member_already', 'ada@acme.test'],
    ]
    for (const [outcome, email] of cases) {
      const answer = await invite({ email, roles: outcome === 'sent_again' ? ['member'] : [] })
      expect([answer.status, answer.body], email).toEqual([200, { invited: { email } }])
      expect(bench.reports().at(-1)?.details).toMatchObject({ outcome })
    }
    expect(await invitationsOf(pending)).toMatchObject([{ resentCount: 1 }])
    expect(await invitationsOf(max)).toEqual([])
    const { memberships = [] } = await scalekit.users.get(elsewhere)
    const statuses = memberships.map(({ organizationId, membershipStatus }) => [organizationId, membershipStatus])
    expect(statuses).toEqual([
      [globex, 'ACTIVE'],
      [acme, 'PENDING_INVITE'],
    ])
  })

  it('goes to the one person with that very address, of those whom the search finds', async () => {
    const make = (email: string) => scalekit.users.create({ organizationId: globex }, { email })
    const [longer, meant] = [await make('not-grace@globex.test'), await make('grace@globex.test')]
    expect((await invite({ email: 'Grace@Globex.test' })).status).toBe(200)
    const { users } = await bench.emulator.control.state()
    const inAcme = ({ id }: { id: string }) =>
      users.some((one) => one.id === id && one.memberships.some(({ organizationId }) => organizationId === acme))
    expect([inAcme(longer), inAcme(meant)]).toEqual([false, true])
  })

  it('SEC-334 changes no role of somebody who is a member', async () => {
    await invite({ email: 'gil@acme.test', roles: ['admin'] })
    const roles = await scalekit.roles.ofUser({ organizationId: acme, userId: people.gil })
    expect(roles.map(({ name }) => name)).toEqual(['guest'])
  })

  it.each(['cross-site', 'same-site'])('SEC-336 refuses a POST of a %s page', async (site) => {
    const headers = { 'sec-fetch-site': site, origin: 'https://evil.example' }
    const answer = await invite({}, { form: { email: newAddress() }, headers })
    expect([said(answer), await bench.upstream()]).toEqual([[403, 'origin_not_allowed'], []])
  })

  it('SEC-336 is made once where the button is pressed twice, in a row and at the same time', async () => {
    const [first, second] = [newAddress(), newAddress()]
    const answers = [await invite({ email: first }), await invite({ email: first })]
    answers.push(...(await Promise.all([1, 2, 3].map(() => invite({ email: second })))))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    for (const email of [first, second]) expect(await invitationsOf(email)).toMatchObject([{ resentCount: 0 }])
    expect((await bench.upstream()).filter((call) => call.startsWith('POST'))).toHaveLength(2)
  })

  it('SEC-336 is made once for a key, and for something else the key is refused', async () => {
    const fields = { email: newAddress(), idempotency_key: 'form-1' }
    expect((await invite(fields)).body).toEqual((await invite(fields)).body)
    expect((await bench.upstream()).filter((call) => call.startsWith('POST'))).toHaveLength(1)
    expect(said(await invite({ ...fields, email: newAddress() }))).toEqual([409, 'idempotency_key_reused'])
    // Somebody else's key of the same name is another one.
    const bea = await bench.signedIn('bea', globex)
    expect((await invite({ email: newAddress(), idempotency_key: 'form-1' }, {}, bea)).status).toBe(200)
    expect(said(await invite({ ...fields, idempotency_key: 'a b' }))).toEqual([400, 'idempotency_key_invalid'])
  })

  // A second try that waited for the first one to be forgotten would take a minute.
  it('SEC-336 is tried again after one that failed', async () => {
    const { control } = bench.emulator
    await control.addFault({ endpoint: 'api', kind: 'status', status: 400, times: 1 })
    const fields = { email: newAddress(), idempotency_key: 'form-2' }
    expect((await invite(fields)).status).toBeGreaterThanOrEqual(400)
    expect((await invite(fields)).status).toBe(200)
    expect(await invitationsOf(fields.email)).toHaveLength(1)
  }, 10_000)
})

describe('mails', () => {
  type Own = typeof bench
  async function withLimits(mailsPerHour: MailsPerHour, then: (own: Own) => Promise<void>) {
    const own = await startBench([members({ mailsPerHour })])
    try {
      await then(own)
    } finally {
      await own.stop()
    }
  }
  const send = (own: Own, who: Visitor, email: string) => {
    made += 1
    return own.call(who, '/auth/members/invite', { json: { email, idempotency_key: `key-${made}` } })
  }
  async function statuses(own: Own, who: Visitor, ...emails: readonly string[]) {
    const answers: Answer[] = []
    for (const email of emails) answers.push(await send(own, who, email))
    return answers.map(({ status }) => status)
  }

  it('SEC-329 are limited by inviter, by organization and by recipient', async () => {
    await withLimits({ inviter: 3, organization: 5, recipient: 2 }, async (own) => {
      const [a, b] = ['a@acme.test', 'b@acme.test']
      const admin = await own.signedIn('ada')
      expect(await statuses(own, admin, a, a, a)).toEqual([200, 200, 429])
      // Refused for the inviter: neither the organization nor the recipient has anything less for it.
      expect(await statuses(own, admin, b, b, b)).toEqual([429, 429, 429])
      await own.emulator.control.setMember(acme, people.max, ['admin'])
      const other = await own.signedIn('max')
      expect(await statuses(own, other, b, b)).toEqual([200, 200])
      const refused = await send(own, other, 'c@acme.test')
      expect([refused.body.code, Number(refused.headers.get('retry-after')) > 3000]).toEqual(['rate_limited', true])
      // Another organization is another one, and a recipient is the same.
      const bea = await own.signedIn('bea', globex)
      expect(await statuses(own, bea, 'c@acme.test', a)).toEqual([200, 429])
    })
  })

  it('SEC-329 are limited for an inviter in all organizations together', async () => {
    await withLimits({ inviter: 2 }, async (own) => {
      await own.emulator.control.setMember(acme, people.bea, ['admin'])
      const [here, there] = [await own.signedIn('bea', globex), await own.signedIn('bea', acme)]
      expect(await statuses(own, here, 'a@acme.test', 'b@acme.test')).toEqual([200, 200])
      expect(await statuses(own, there, 'c@acme.test')).toEqual([429])
      expect(await statuses(own, await own.signedIn('ada'), 'c@acme.test')).toEqual([200])
    })
  })

  it('SEC-329 that are sent again are counted apart, for all organizations together', async () => {
    await withLimits({ recipient: 2 }, async (own) => {
      const [admin, bea] = [await own.signedIn('ada'), await own.signedIn('bea', globex)]
      expect(await statuses(own, admin, 'a@acme.test')).toEqual([200])
      expect(await statuses(own, bea, 'a@acme.test')).toEqual([200])
      const { userId } = (await own.emulator.control.state()).invitations.at(-1) ?? {}
      const again = async (who: Visitor) =>
        (await own.call(who, '/auth/members/resend-invite', { json: { user_id: userId } })).status
      expect([await again(admin), await again(bea), await again(bea)]).toEqual([200, 200, 429])
    })
  })

  it('are sent again for an open invitation of the own organization alone', async () => {
    const email = newAddress()
    await invite({ email })
    const { userId = '' } = (await invitationsOf(email))[0] ?? {}
    const resend = (id: string, who = ada) => bench.call(who, '/auth/members/resend-invite', { json: { user_id: id } })
    const sent = await resend(userId)
    expect([sent.status, sent.body]).toEqual([200, { sent: true }])
    expect(await invitationsOf(email)).toMatchObject([{ resentCount: 1 }])
    const bea = await bench.signedIn('bea', globex)
    const none = [resend(people.max), resend(userId, bea), resend('usr_199999999999999999'), resend('../x')]
    for (const answer of none) expect(said(await answer)).toEqual([404, 'invitation_not_found'])
    expect(await invitationsOf(email)).toMatchObject([{ resentCount: 1 }])
  })
})

describe('the options', () => {
  it.each([
    { assignableRoles: ['admin'] },
    { ownMembership: 'maybe' },
    { mailsPerHour: { inviter: 0 } },
    { mailsPerHour: { inviters: 5 } },
  ])('refuse %j', (options) => {
    expect(() => members(options as never)).toThrow(TypeError)
  })
})
