import { expect, it } from 'vitest'
import type { Command, Link } from './link.js'
import { followMarks } from './mark-feed.js'
import { markKeys } from './mark-log.js'
import { sleep, until } from './test/waiting.js'

/** `since`, the beat found, the beat left. The second finds an older one than the first has left. */
const beats = [
  ['1', '0', '1000'],
  ['1', '980', '1005'],
  ['1', '1005', '1005'],
]

it('does not call a log told whose lost data it has yet to read again', async () => {
  const happened: string[] = []
  const replies = [...beats]
  const news = [[['500000-0', ['name', 'a', 'at', '1']]], [['450000-0', ['name', 'b', 'at', '2']]]]
  const reply = async ({ args }: Command): Promise<unknown> => {
    if (args[0] === 'EVAL') return replies.shift() ?? beats.at(-1)
    happened.push(`from ${args.at(-1)}`)
    const found = news.shift()
    if (found === undefined) await sleep(0.05)
    return found === undefined ? null : [['log', found]]
  }
  const link: Link = {
    ask: async (command, read) => read(await reply(command)),
    reset: () => undefined,
    close: () => undefined,
  }
  const stop = followMarks({
    link,
    keys: markKeys('t:'),
    follower: {
      marks: (marks) => happened.push(...marks.map(({ name }) => name)),
      current: () => happened.push('current'),
    },
    onDataLost: (seconds) => happened.push(`lost ${seconds}`),
  })
  await until(() => happened.includes('current'))
  stop()
  expect(happened.slice(0, happened.indexOf('current') + 1)).toEqual([
    'from 0-0',
    'a',
    'lost 20',
    'from 440000-0',
    'b',
    'current',
  ])
})
