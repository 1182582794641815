import { expect, it } from 'vitest'
import { hasRedis, startRedis } from '../../e2e/src/support/redis.js'
import { redisStore } from './index.js'
import type { Command, Link } from './link.js'
import { followMarks } from './mark-feed.js'
import { markKeys } from './mark-log.js'
import { singleClients } from './test/clients.js'
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

const clients = Object.entries(singleClients)
it.runIf(hasRedis()).each(clients)(
  'passes over what is no mark and tells the marks after it, with %s',
  async (_, client) => {
    const server = await startRedis()
    const happened: string[] = []
    const store = redisStore(client(server), { onHealth: ({ type }) => happened.push(type) })
    store.marks.follow({
      marks: (marks) => happened.push(...marks.map(({ name, at }) => `${name} ${at}`)),
      current: () => happened.push('current'),
    })
    await until(() => happened.includes('current'))
    const foreign = [
      ['name', 'without an instant'],
      ['name', 'yesterday', 'at', 'yesterday'],
      ['name', 'never', 'at', ''],
      ['name', 'for ever', 'at', 'inf'],
      ['at', '1'],
      ['something', 'else', 'and', 'more'],
    ]
    for (const fields of foreign) server.cli('XADD', markKeys('scalegate:').log, '*', ...fields)
    await store.marks.write([{ key: 'k', name: 'a mark', at: 2 }], 60)
    await until(() => happened.includes('a mark 2'), 5)
    happened.length = 0
    await until(() => happened.length > 1, 5)
    expect(happened).toEqual(['current', 'current'])
    // Whoever is new reads all of it.
    const newcomer: string[] = []
    store.marks.follow({
      marks: (marks) => newcomer.push(...marks.map(({ name }) => name)),
      current: () => newcomer.push('current'),
    })
    await until(() => newcomer.includes('current'), 5)
    expect(newcomer).toEqual(['a mark', 'current'])
    await store.close()
    await server.remove()
  },
)
