import type { Store } from '@scalegate/core/store'
import { mustBe, mustHold } from '../audits/check.js'
import type { StoreRule } from './contract.js'
import { eventually, mustRejectSoon, type StoreTable, wait } from './table.js'

const methods = (store: Store, table: StoreTable): readonly (readonly [string, () => Promise<unknown>])[] => [
  ['get', () => store.get(table.key())],
  ['set', () => store.set(table.key('during'), 'a', 60)],
  ['set, absent', () => store.set(table.key('during'), 'a', 60, 'absent')],
  ['set, is', () => store.set(table.key(), 'b', 60, { is: 'a' })],
  ['delete', () => store.delete(table.key())],
  ['delete, is', () => store.delete(table.key(), { is: 'a' })],
  ['raise', () => store.raise(table.key(), 'z', 60)],
  ['marks.read', () => store.marks.read([table.markKey('a')])],
  ['marks.write', () => store.marks.write([table.mark('during', 1)], 60)],
]

/** What happens while the engine is away, and when it has lost what it held. */
export const outages: readonly StoreRule[] = [
  {
    name: 'MUST reject every method within a second while the engine is away, and go on by itself within five seconds',
    needs: 'outage',
    async run(table) {
      const { outage } = table.subject
      const store = await table.store()
      await store.set(table.key(), 'a', 60)
      const fresh = await table.store()
      await outage?.begin()
      try {
        for (const [name, attempt] of methods(store, table)) await mustRejectSoon(name, attempt)
        await Promise.all(
          methods(store, table).map(([name, attempt]) => mustRejectSoon(`${name}, with others`, attempt)),
        )
        await mustRejectSoon('the first question of a process that starts meanwhile', () => fresh.get(table.key()))
      } finally {
        await outage?.end()
      }
      const answers = (asked: Store) => () =>
        asked
          .get(table.key())
          .then((value) => value === 'a')
          .catch(() => false)
      await eventually('the engine is back, and so is the store', 5, answers(store))
      await eventually('for the process that started meanwhile too', 5, answers(fresh))
      mustBe('what was refused was not done later', await store.get(table.key('during')), undefined)
      for (const [name, attempt] of methods(store, table)) {
        await attempt().catch((error: unknown) => mustHold(`${name} works again`, false, String(error)))
      }
    },
  },
  {
    name: 'MUST let a follower find back after an outage without a gap',
    needs: 'outage',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      await one.marks.write([table.mark('before', 1)], 60)
      const { since } = await one.marks.read([])
      const heard = table.follow(two)
      await eventually('it has heard of before', 2, () => heard.marks.length > 0)
      await table.subject.outage?.begin()
      await wait(1.5)
      const silent = heard.beats.length
      await wait(0.7)
      const during = heard.beats.length - silent
      await table.subject.outage?.end()
      mustBe('how often it was current while the engine was away', during, 0)
      await eventually('a mark can be written', 5, () =>
        one.marks.write([table.mark('after', 2)], 60).then(
          () => true,
          () => false,
        ),
      )
      await eventually('it is told', 5, () => heard.marks.some(({ at }) => at === 2))
      await eventually('it is current', 5, () => heard.beats.length > silent)
      mustBe('nothing was lost, so `since` stays', heard.beats.at(-1)?.since, since)
      heard.stop()
    },
  },
  {
    name: 'MUST move `since` when marks are lost, and tell followers so',
    needs: 'empty',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      await one.marks.write([table.mark('lost', 1)], 60)
      const { since } = await one.marks.read([])
      const heard = table.follow(two)
      await eventually('it is current', 2, () => heard.beats.length > 0)
      await table.subject.empty?.()
      const emptied = Date.now() / 1000
      await eventually('the follower hears of another `since`', 5, () =>
        heard.beats.some((beat) => beat.since !== since),
      )
      const found = heard.beats.find((beat) => beat.since !== since)?.since ?? 0
      mustHold('it is about the time of the loss', Math.abs(found - emptied) < 10, found - emptied)
      const read = async () => one.marks.read([table.markKey('lost')]).catch(() => undefined)
      await eventually('who reads it, reads the same', 5, async () => (await read())?.since === found)
      // Whoever wrote it may have written it again, as it should.
      const [lost] = (await read())?.at ?? []
      mustHold('the mark that was lost', lost === undefined || lost === 1, lost)
      await one.marks.write([table.mark('new', 3)], 60)
      await eventually('a new mark is told', 5, () => heard.marks.some(({ at }) => at === 3))
      mustBe('and `since` stays', (await one.marks.read([])).since, found)
      heard.stop()
    },
  },
]
