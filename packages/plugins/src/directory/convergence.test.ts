import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, scimUser, startDirectoryBench } from './test/directory-bench.js'

const { acme } = organizations
let bench: DirectoryBench

beforeAll(async () => {
  bench = await startDirectoryBench()
})
afterAll(() => bench.stop())

interface Step {
  readonly who: number
  readonly what: 'change' | 'deactivate' | 'activate' | 'remove'
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat({ max: 3 }),
  what: fc.constantFrom('change' as const, 'deactivate' as const, 'activate' as const, 'remove' as const),
})
const steps = fc.array(step, { maxLength: 12 })

interface Sent {
  readonly type: string
  readonly data: object
  readonly occurredAt: number
}

/** Lets a directory live through the steps, and gives the events that tell it. A person who is not there comes back anew. */
async function live(story: readonly Step[]): Promise<readonly Sent[]> {
  const events: Sent[] = []
  const ids = new Map<number, string>()
  const start = Date.now()
  const tell = (kind: string, id: string, more: object) =>
    events.push({
      type: `organization.directory.user_${kind}`,
      // In the middle of a millisecond, so that no rounding makes one instant of two.
      occurredAt: (start + events.length + 0.5) / 1000,
      data: { id, organization_id: acme, email: 'x@example.com', ...more },
    })
  for (const [index, { who, what }] of story.entries()) {
    const id = ids.get(who)
    if (id === undefined) {
      const { id: made } = await bench.scim('POST', '/Users', scimUser(`w${who}`))
      ids.set(who, made)
      tell('created', made, { active: true, family_name: 'First' })
    } else if (what === 'remove') {
      await bench.scim('DELETE', `/Users/${id}`)
      ids.delete(who)
      tell('deleted', id, {})
    } else {
      const active = what !== 'deactivate'
      const familyName = `Name${index}`
      await bench.patch(
        `/Users/${id}`,
        { op: 'replace', path: 'active', value: active },
        { op: 'replace', path: 'name.familyName', value: familyName },
      )
      tell('updated', id, { active, family_name: familyName })
    }
  }
  return events
}

async function directoryNow() {
  const found: [string, string | undefined][] = []
  for await (const { id, active, familyName } of bench.auth.directory.users(acme))
    if (active) found.push([id, familyName])
  return Object.fromEntries(found.sort())
}

describe('the app’s table', () => {
  const story = steps.chain((story) =>
    fc.record({
      story: fc.constant(story),
      /** Some not at all, some twice, in any order. */
      order: fc.array(fc.nat({ max: Math.max(story.length - 1, 0) }), { maxLength: story.length * 2 }),
    }),
  )

  it('is in the directory’s state after a comparison, whichever events came and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.boolean(), async ({ story, order }, together) => {
        await bench.emptied()
        // Somebody who is always there: an empty list takes nobody away.
        const [events] = await bench.withoutWebhooks(async () => {
          await bench.scim('POST', '/Users', scimUser('always'))
          return [await live(story)] as const
        })
        const chosen = order.flatMap((index) => events[index] ?? [])
        const send = (event: Sent) => bench.emulator.control.webhooks.send({ ...event, organizationId: acme })
        if (together) await Promise.all(chosen.map(send))
        else for (const event of chosen) await send(event)
        const dry = await bench.auth.directory.reconcile(acme, { maxDeactivations: 100, dryRun: true })
        const real = await bench.auth.directory.reconcile(acme, { maxDeactivations: 100 })
        expect(real).toEqual({ ...dry, dryRun: false })
        expect(bench.table.active).toEqual(await directoryNow())
        expect((await bench.auth.directory.reconcile(acme)).users).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  it('is in it without a comparison too, where each event came at least once', async () => {
    const shuffled = steps.chain((story) =>
      fc.record({
        story: fc.constant(story),
        order: fc.shuffledSubarray(
          [...story.keys(), ...story.keys()].map((index, at) => [index, at] as const),
          {
            minLength: story.length * 2,
          },
        ),
      }),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ({ story, order }) => {
        await bench.emptied()
        const events = await bench.withoutWebhooks(() => live(story))
        for (const [index] of order)
          await bench.emulator.control.webhooks.send({ ...(events[index] as Sent), organizationId: acme })
        expect(bench.table.active).toEqual(await directoryNow())
      }),
      { numRuns: 25 },
    )
  })
})
