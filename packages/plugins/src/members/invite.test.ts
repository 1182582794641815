import { createManagementClient, type ManagementClient } from '@scalegate/core/management'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, organizations, people, startBench } from '../test/bench.js'
import type { Sending, Visitor } from '../test/visitor.js'
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
  bench.call(who, '/auth/members/invite', { json: fields, ...sending })
const said = ({ status, body }: Awaited<ReturnType<typeof invite>>) => [status, body.code]
const invitations = async () => (await bench.emulator.control.state()).invitations
let made = 0
/** An address that nobody has yet. */
const fresh = () => {
  made += 1
  return `new${made}@acme.test`
}

describe('an invitation', () => {
  it('goes out by mail for the caller’s own organization, in their name', async () => {
    const email = fresh()
    const answer = await invite({ email, given_name: ' Zoë ', family_name: 'Zest' })
    expect([answer.status, answer.body]).toEqual([200, { invited: { email } }])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect((await invitations()).at(-1)).toMatchObject({
      email,
      organizationId: acme,
      roles: ['member'],
      inviterEmail: 'ada@acme.test',
    })
    expect((await bench.emulator.control.state()).users.at(-1)).toMatchObject({ email, name: 'Zoë Zest' })
    expect(bench.reports().at(-1)).toEqual({ event: 'member_invited', details: { outcome: 'new_person', roles: 0 } })
    expect(JSON.stringify(bench.events)).not.toContain(email)
  })
})
