import { createManagementClient } from '@scalegate/core/management'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, organizations, people, startBench } from '../test/bench.js'
import { Visitor } from '../test/visitor.js'
import { members } from './members.js'

const { acme, globex } = organizations
let bench: Bench<readonly [ReturnType<typeof members>]>
beforeAll(async () => {
  bench = await startBench([members()])
})
afterAll(() => bench.stop())
beforeEach(() => bench.emulator.control.reset())

/** Invites into Globex, and reads the mail. */
async function mailTo(email: string, roles: readonly string[] = []): Promise<string> {
  const admin = await bench.signedIn('bea', globex)
  const answer = await bench.call(admin, '/auth/members/invite', { json: { email, roles } })
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.code}`)
  const { emulator } = bench
  const { invitations } = await emulator.control.state()
  const link = `/invitations/${invitations.at(-1)?.id}`
  // The mail is the emulator's control page, which lists it with its link.
  const mail = await (await fetch(`${emulator.url}/_emulator`)).text()
  expect(mail).toContain(email)
  expect(mail).toContain(`href="${link}"`)
  return emulator.url + link
}

const sessionOf = async (visitor: Visitor) => (await bench.call(visitor, '/auth/session')).body.session
const membersOf = async (organizationId: string) => {
  const { users } = await bench.emulator.control.state()
  const active = users.filter(({ memberships }) =>
    memberships.some((one) => one.organizationId === organizationId && one.status === 'ACTIVE'),
  )
  return active.map(({ email }) => email)
}

describe('the link of an invitation', () => {
  it('leads through the app’s login route into the organization that invited', async () => {
    const link = await mailTo('zoe1@new.test', ['admin'])
    const zoe = new Visitor()
    const app = await zoe.send(link)
    expect(app.headers.get('location')).toMatch(new RegExp(`^${bench.origin}/auth/login\\?invitation_token=`))
    const page = await zoe.open(link)
    const html = await page.response.text()
    expect(html).toContain('Join <em>Globex</em>')
    expect(html).toContain('zoe1@new.test')
    await zoe.open(`${page.url.href}/invitation`, { form: { given_name: 'Zoe', family_name: 'Zest' } })
    const session = await sessionOf(zoe)
    expect(session).toMatchObject({ organizationId: globex, user: { email: 'zoe1@new.test' }, roles: ['admin'] })
    expect(await membersOf(globex)).toContain('zoe1@new.test')
  })

  it('leads somebody with an account elsewhere there, and not into the organization of before', async () => {
    const link = await mailTo('max@acme.test')
    const max = await bench.signedIn('max')
    const page = await max.open(link)
    await max.open(`${page.url.href}/invitation`, { form: {} })
    expect(await sessionOf(max)).toMatchObject({ organizationId: globex, user: { id: people.max }, roles: ['member'] })
  })

  it('cannot be sent again once it is accepted', async () => {
    const link = await mailTo('zoe3@new.test')
    const zoe = new Visitor()
    const page = await zoe.open(link)
    await zoe.open(`${page.url.href}/invitation`, { form: {} })
    const { environmentUrl, clientId, clientSecret } = bench.emulator
    const scalekit = createManagementClient({ environmentUrl, clientId, clientSecret })
    const [user] = (await scalekit.users.search({ organizationId: globex, query: 'zoe3@new.test' }).page()).items
    const admin = await bench.signedIn('bea', globex)
    const json = { user_id: user?.id }
    const answer = await bench.call(admin, '/auth/members/resend-invite', { json })
    expect([answer.status, answer.body.code]).toEqual([404, 'invitation_not_found'])
  })

  it('SEC-335 opened by somebody else who is signed in joins nobody: it asks who accepts, and their session stays', async () => {
    const link = await mailTo('zoe4@new.test')
    const max = await bench.signedIn('max')
    const before = await sessionOf(max)
    const page = await max.open(link)
    // Not back to the app as Max, and not on as Zoe: a page that names whom the invitation is for.
    expect(page.url.origin).toBe(bench.emulator.url)
    const html = await page.response.text()
    expect(html).toContain('zoe4@new.test')
    expect(await sessionOf(max)).toEqual(before)
    expect(await membersOf(globex)).toEqual(['bea@globex.test'])
  })

  it('SEC-335 accepted there replaces the session by one of the invited person, who alone joins', async () => {
    const link = await mailTo('zoe5@new.test')
    const browser = await bench.signedIn('max')
    const page = await browser.open(link)
    await browser.open(`${page.url.href}/invitation`, { form: {} })
    expect(await sessionOf(browser)).toMatchObject({ organizationId: globex, user: { email: 'zoe5@new.test' } })
    expect(await membersOf(globex)).toEqual(['bea@globex.test', 'zoe5@new.test'])
    expect(await membersOf(acme)).not.toContain('zoe5@new.test')
  })

  it('SEC-335 left by a login as somebody else joins nobody, and ends in an organization of theirs', async () => {
    const link = await mailTo('zoe6@new.test')
    const browser = new Visitor()
    const page = await browser.open(link)
    const ended = await browser.open(page.url.href, { form: { user: people.max } })
    // The link named Globex, where Max is no member.
    expect([ended.url.pathname, ended.response.status]).toEqual(['/auth/callback', 403])
    expect(await membersOf(globex)).toEqual(['bea@globex.test'])
    expect((await bench.emulator.control.state()).invitations.at(-1)).not.toHaveProperty('acceptedAt')
  })
})
