import { mustBe, mustHold } from '../audits/check.js'
import type { StoreRule } from './contract.js'
import { eventually, wait } from './table.js'

/** Revocation marks as they are told. */
export const followers: readonly StoreRule[] = [
  {
    name: 'MUST tell a follower what was written before it came, and then each new mark',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      const name = 'before: any characters, "quotes", 漢字 and \r\n'
      await one.marks.write([{ ...table.mark('before', 5.25), name: `${table.mark('', 0).name}${name}` }], 60)
      const heard = table.follow(two)
      await eventually('the mark of before is told', 2, () => heard.marks.length > 0)
      mustBe('its name and instant', heard.marks[0], { name: `${table.mark('', 0).name}${name}`, at: 5.25 })
      await one.marks.write([table.mark('another', 6)], 60)
      await two.marks.write([table.mark('own', 7)], 60)
      await eventually('both new marks are told', 2, () =>
        [6, 7].every((at) => heard.marks.some((mark) => mark.at === at)),
      )
      heard.stop()
    },
  },
  {
    name: 'MUST say that it is current only when everything of that moment has been told',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      const heard = table.follow(two)
      for (let index = 0; index < 5; index++) {
        await one.marks.write([table.mark(`m${index % 7}`, index + 1)], 60)
        const resolved = performance.now() / 1000
        const written = index + 1
        await eventually('it is current again', 3, () => heard.beats.some(({ upTo }) => upTo >= resolved))
        const beat = heard.beats.find(({ upTo }) => upTo >= resolved)
        const told = heard.marks.slice(0, beat?.heard).map(({ at }) => at)
        mustHold(`mark ${written} was told before "current"`, told.includes(written), told)
      }
      heard.stop()
    },
  },
  {
    name: 'MUST say again and again that it is current, with the `since` that is read',
    async run(table) {
      const store = await table.store()
      const { since } = await store.marks.read([])
      const heard = table.follow(store)
      await eventually('the first word', 2, () => heard.beats.length > 0)
      const begun = performance.now() / 1000
      await wait(2)
      const ages = heard.beats.filter(({ upTo }) => upTo > begun)
      mustHold('at least twice in two seconds', ages.length >= 2, ages.length)
      for (const beat of heard.beats) mustBe('`since`', beat.since, since)
      heard.stop()
    },
  },
  {
    name: 'MUST tell every follower, and nothing to one that has stopped',
    async run(table) {
      const [one, two] = [await table.store(), await table.store()]
      const [here, there, gone] = [table.follow(one), table.follow(two), table.follow(two)]
      await eventually('all are current', 2, () => [here, there, gone].every(({ beats }) => beats.length > 0))
      gone.stop()
      const beats = gone.beats.length
      await one.marks.write([table.mark('a', 1)], 60)
      await eventually('the others are told', 2, () => [here, there].every(({ marks }) => marks.length > 0))
      await wait(0.7)
      mustBe('what the stopped one heard', [gone.marks.length, gone.beats.length], [0, beats])
      here.stop()
      there.stop()
    },
  },
]
