import { mustBe } from '../audits/check.js'
import type { StoreRule } from './contract.js'

const values: readonly (readonly [label: string, value: string])[] = [
  ['nothing', ''],
  ['a number', '42'],
  ['words of protocols', 'OK'],
  ['null in words', 'null'],
  ['line ends and a reply of Redis', 'a\r\n$-1\r\n+OK\r\n'],
  ['a zero byte', 'a\u0000b'],
  ['a BOM and spaces', '\uFEFF a\t\u00A0'],
  ['many scripts', 'Žluťoučký קול 漢字 हिन्दी'],
  ['beyond the basic plane', '👩‍👩‍👧‍👦 𝔘𝔫𝔦'],
  ['every byte as a character', Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')],
  ['64 KB', 'x'.repeat(65_536)],
  ['64 KB of letters of three bytes', '漢'.repeat(21_845)],
]

/** Single entries: what lies where, and how long. */
export const entries: readonly StoreRule[] = [
  {
    name: 'MUST give what was set, to every process, and nothing under a key that never was',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      mustBe('a key that never was', await one.get(table.key()), undefined)
      mustBe('a set without a condition', await one.set(table.key(), 'first', 60), true)
      mustBe('seen by another process', await two.get(table.key()), 'first')
      mustBe('a second set', await two.set(table.key(), 'second', 60), true)
      mustBe('the second value', await one.get(table.key()), 'second')
    },
  },
  {
    name: 'MUST keep values as they are: any Unicode, 64 KB, what looks like a protocol',
    async run(table) {
      const store = await table.store()
      for (const [label, value] of values) {
        const key = table.key(label.replaceAll(' ', '-'))
        await store.set(key, value, 60)
        mustBe(label, await store.get(key), value)
        mustBe(`${label}, as a condition`, await store.set(key, 'changed', 60, { is: value }), true)
      }
    },
  },
  {
    name: 'MUST take every key of the allowed form, and tell apart what differs',
    async run(table) {
      const store = await table.store()
      const long = table.key('').padEnd(200, 'z')
      const names = ['a', 'A', 'a.', 'a:', '.a', 'a.b', 'a:b', 'a-b', 'a_b', '..', '-', '__proto__', 'constructor', '0']
      const keys = [...names.map((name) => table.key(name)), long, long.slice(0, -1)]
      for (const [index, key] of keys.entries()) await store.set(key, String(index), 60)
      for (const [index, key] of keys.entries()) mustBe(key, await store.get(key), String(index))
    },
  },
  {
    name: 'MUST answer each of many questions at once with its own answer',
    async run(table) {
      const store = await table.store()
      const names = Array.from({ length: 200 }, (_, index) => String(index))
      await Promise.all(names.map((name) => store.set(table.key(name), `value of ${name}`, 60)))
      const seen = await Promise.all(names.map((name) => store.get(table.key(name))))
      mustBe(
        'the answers',
        seen,
        names.map((name) => `value of ${name}`),
      )
    },
  },
  {
    name: 'MUST delete once, and say whether something was there',
    async run(table) {
      const store = await table.store()
      mustBe('deleting nothing', await store.delete(table.key()), false)
      await store.set(table.key(), 'a', 60)
      mustBe('deleting it', await store.delete(table.key()), true)
      mustBe('what is left', await store.get(table.key()), undefined)
      mustBe('deleting it again', await store.delete(table.key()), false)
    },
  },
  {
    name: 'MUST forget an entry when its seconds are over, and not before',
    async run(table) {
      const store = await table.store()
      await store.set(table.key('short'), 'a', table.span(5))
      await store.set(table.key('long'), 'a', 60)
      mustBe('before', await store.get(table.key('short')), 'a')
      await table.pass(6)
      mustBe('after', await store.get(table.key('short')), undefined)
      mustBe('another with more seconds', await store.get(table.key('long')), 'a')
      mustBe('deleting what is over', await store.delete(table.key('short')), false)
      mustBe('a condition on what is over', await store.set(table.key('short'), 'b', 60, { is: 'a' }), false)
      mustBe('absent, where it is over', await store.set(table.key('short'), 'b', 60, 'absent'), true)
    },
  },
  {
    name: 'MUST count the seconds from the latest write that was done',
    async run(table) {
      const store = await table.store()
      await store.set(table.key('longer'), 'a', table.span(5))
      await store.set(table.key('longer'), 'b', 60)
      await store.set(table.key('shorter'), 'a', 60)
      await store.set(table.key('shorter'), 'b', table.span(5))
      await store.set(table.key('refused'), 'a', table.span(5))
      await store.set(table.key('refused'), 'b', 60, 'absent')
      await store.set(table.key('refused'), 'b', 60, { is: 'other' })
      await store.raise(table.key('raised'), '5', table.span(5))
      await store.raise(table.key('raised'), '4', 60)
      await table.pass(6)
      mustBe('a longer life', await store.get(table.key('longer')), 'b')
      mustBe('a shorter life', await store.get(table.key('shorter')), undefined)
      mustBe('a write that was refused', await store.get(table.key('refused')), undefined)
      mustBe('a lower text prolongs the higher', await store.get(table.key('raised')), '5')
    },
  },
]
