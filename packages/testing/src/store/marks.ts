import { mustBe, mustHold } from '../audits/check.js'
import type { StoreRule } from './contract.js'

/** Revocation marks as they are read. */
export const marks: readonly StoreRule[] = [
  {
    name: 'MUST read a mark as soon as its write has resolved, in every process',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      await one.marks.write([table.mark('a', 1_764_235_672.123_456), table.mark('b', 7)], 60)
      const read = await two.marks.read(['b', 'nobody', 'a', 'b'].map((name) => table.markKey(name)))
      mustBe('the instants, in the order of the keys', read.at, [7, undefined, 1_764_235_672.123_456, 7])
      mustHold('`since` is an instant', Number.isFinite(read.since), read.since)
      mustBe('without keys', (await two.marks.read([])).at, [])
    },
  },
  {
    name: 'MUST keep the later of two instants, in whatever order they are written',
    async run(table) {
      const stores = await table.stores(2)
      const at = async () => (await stores[0]?.marks.read([table.markKey('a'), table.markKey('b')]))?.at
      await stores[0]?.marks.write([table.mark('a', 20), table.mark('b', 9.5)], 60)
      await stores[1]?.marks.write([table.mark('a', 10), table.mark('b', 10.5)], 60)
      mustBe('the later ones', await at(), [20, 10.5])
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          stores[index % 2]?.marks.write([table.mark('a', 100 + ((index * 17) % 50))], 60),
        ),
      )
      mustBe('the latest of fifty', await at(), [149, 10.5])
    },
  },
  {
    name: 'MUST keep a mark for its seconds, and a shorter write takes none of them',
    async run(table) {
      const store = await table.store()
      await store.marks.write([table.mark('short', 1), table.mark('long', 1)], table.span(5))
      await store.marks.write([table.mark('long', 1)], 60)
      await store.marks.write([table.mark('long', 2)], table.span(5))
      await table.pass(3)
      const keys = [table.markKey('short'), table.markKey('long')]
      mustBe('before', (await store.marks.read(keys)).at, [1, 2])
      await table.pass(4)
      mustBe('a longer write', (await store.marks.read(keys)).at[1], 2)
    },
  },
  {
    name: 'MUST remove no mark by anything but time',
    async run(table) {
      const store = await table.store()
      const key = table.markKey('a')
      await store.marks.write([table.mark('a', 5)], 60)
      await store.delete(key)
      await store.set(key, '0', 60)
      await store.raise(key, '0', 60)
      await store.delete(key)
      await store.marks.write([table.mark('a', 1)], 60)
      mustBe('the mark', (await store.marks.read([key])).at, [5])
      mustBe('an entry of the same name', await store.get(key), undefined)
    },
  },
  {
    name: 'MUST keep `since` while it loses nothing',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      const { since } = await one.marks.read([])
      await one.marks.write([table.mark('a', 1)], 60)
      mustBe('in another process', (await two.marks.read([table.markKey('a')])).since, since)
      await table.pass(3)
      mustBe('later', (await two.marks.read([])).since, since)
    },
  },
  {
    name: 'MUST write many marks as one step',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      const heard = table.follow(two)
      const names = Array.from({ length: 500 }, (_, index) => `m${index}`)
      const written = names.map((name, index) => table.mark(name, index + 1))
      const keys = written.map(({ key }) => key)
      let isDone = false
      const writing = one.marks.write(written, 60).then(() => {
        isDone = true
      })
      while (!isDone) {
        const seen = (await two.marks.read(keys)).at.filter((at) => at !== undefined).length
        mustHold('all or nothing', seen === 0 || seen === 500, seen)
      }
      await writing
      mustBe(
        'the instants',
        (await two.marks.read(keys)).at,
        written.map(({ at }) => at),
      )
      heard.stop()
    },
  },
]
