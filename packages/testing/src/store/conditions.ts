import { mustBe } from '../audits/check.js'
import type { StoreRule } from './contract.js'

const writers = Array.from({ length: 50 }, (_, index) => index)

/** Writes that depend on what lies there, and what becomes of many at once. */
export const conditions: readonly StoreRule[] = [
  {
    name: 'MUST write `absent` only where nothing lies',
    async run(table) {
      const store = await table.store()
      mustBe('the first', await store.set(table.key(), 'a', 60, 'absent'), true)
      mustBe('the second', await store.set(table.key(), 'b', 60, 'absent'), false)
      mustBe('what lies there', await store.get(table.key()), 'a')
    },
  },
  {
    name: 'MUST write and delete `is` only where exactly this lies',
    async run(table) {
      const store = await table.store()
      mustBe('a write on nothing', await store.set(table.key(), 'b', 60, { is: '' }), false)
      mustBe('a delete of nothing', await store.delete(table.key(), { is: '' }), false)
      const there = 'Ü1'
      await store.set(table.key(), there, 60)
      for (const other of ['', 'Ü', 'ü1', 'Ü1 ', 'U\u03081', 'Ü1\u0000', 'Ü1.0']) {
        mustBe(`a write on ${other}`, await store.set(table.key(), 'b', 60, { is: other }), false)
        mustBe(`a delete of ${other}`, await store.delete(table.key(), { is: other }), false)
      }
      mustBe('what lies there', await store.get(table.key()), there)
      mustBe('a write on it', await store.set(table.key(), 'c', 60, { is: there }), true)
      mustBe('a delete of it', await store.delete(table.key(), { is: 'c' }), true)
    },
  },
  {
    name: 'MUST not bring back what was deleted by a write that knew it',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      await one.set(table.key(), 'session', 60)
      const seen = (await two.get(table.key())) ?? ''
      await one.delete(table.key())
      mustBe('the late write', await two.set(table.key(), `${seen}, touched`, 60, { is: seen }), false)
      mustBe('what lies there', await one.get(table.key()), undefined)
    },
  },
  {
    name: 'MUST let one of fifty writers win where nothing lay',
    async run(table) {
      const stores = await table.stores(5)
      const won = await Promise.all(
        writers.map(async (writer) => stores[writer % 5]?.set(table.key(), String(writer), 60, 'absent')),
      )
      const winners = writers.filter((writer) => won[writer] === true)
      mustBe('how many won', winners.length, 1)
      mustBe('what lies there', await stores[0]?.get(table.key()), String(winners[0]))
    },
  },
  {
    name: 'MUST lose no update of fifty writers that compare and set',
    async run(table) {
      const stores = await table.stores(5)
      await stores[0]?.set(table.key(), '0', 60)
      await Promise.all(
        writers.map(async (writer) => {
          const store = stores[writer % 5]
          if (store === undefined) return
          for (;;) {
            const seen = (await store.get(table.key())) ?? ''
            if (await store.set(table.key(), String(Number(seen) + 1), 60, { is: seen })) return
          }
        }),
      )
      mustBe('the sum', await stores[0]?.get(table.key()), '50')
    },
  },
  {
    name: 'MUST keep the greater of two texts, byte by byte, and say what lay there',
    async run(table) {
      const store = await table.store()
      mustBe('before the first', await store.raise(table.key(), '2', 60), undefined)
      mustBe('before a greater one', await store.raise(table.key(), '3', 60), '2')
      mustBe('before a smaller one', await store.raise(table.key(), '1', 60), '3')
      mustBe('what lies there', await store.get(table.key()), '3')
      // Each is greater than the one before it: bytes, not numbers, not letters of a language, not UTF-16.
      const rising = ['', '0', '10', '9', 'A', 'Z', 'a', 'aa', 'z', 'ä', '漢', '\uFF5E', '😀']
      for (const [index, text] of rising.entries()) {
        const before = await store.raise(table.key('rising'), text, 60)
        mustBe(`before ${text}`, before, index === 0 ? undefined : rising[index - 1])
        await store.raise(table.key('rising'), rising[index - 1] ?? '', 60)
        mustBe(`after ${text} and the one before it`, await store.get(table.key('rising')), text)
      }
    },
  },
  {
    name: 'MUST keep the greatest of fifty texts that are raised at once',
    async run(table) {
      const stores = await table.stores(5)
      await Promise.all(
        writers.map(async (writer) =>
          stores[writer % 5]?.raise(table.key(), String((writer * 17) % 50).padStart(2, '0'), 60),
        ),
      )
      mustBe('what lies there', await stores[0]?.get(table.key()), '49')
    },
  },
]
