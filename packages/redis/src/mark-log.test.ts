import { describe, expect, it } from 'vitest'
import type { Command, Link } from './link.js'
import { markKeys, rewrittenWithin, writtenMarks } from './mark-log.js'
import { monotonic } from './time.js'

describe('marks that are written again', () => {
  const sent: Command[] = []
  const link: Link = {
    ask: async (command, read) => {
      sent.push(command)
      return read('1.5')
    },
    reset: () => undefined,
    close: () => undefined,
  }
  /** Numbers of the marks that a command writes. */
  const names = ({ args }: Command) => args.slice(3 + Number(args[2]) + 1).filter((_, index) => index % 2 === 0)
  const mark = (name: string) => ({ key: name, name, at: 1 })

  it('are the latest ten thousand, in steps', async () => {
    const marks = writtenMarks(link, markKeys('t:'))
    for (let index = 0; index < 101; index++)
      await marks.write(
        Array.from({ length: 100 }, (_, each) => mark(`m${index * 100 + each}`)),
        60,
      )
    sent.length = 0
    await marks.rewrite(monotonic())
    const again = sent.flatMap(names)
    expect(again).toHaveLength(10_000)
    expect(again).not.toContain('m99')
    expect(again).toContain('m100')
    expect(Math.max(...sent.map((command) => names(command).length))).toBe(200)
  })

  it('are those of the last minute before the loss, each with its own seconds', async () => {
    const marks = writtenMarks(link, markKeys('t:'))
    await marks.write([mark('a')], 60)
    await marks.write([mark('b')], 3600)
    sent.length = 0
    await marks.rewrite(monotonic() + rewrittenWithin + 1)
    expect(sent).toEqual([])
    await marks.rewrite(monotonic())
    expect(sent.map((command) => [command.args[3 + 3], names(command)])).toEqual([
      ['60000', ['a']],
      ['3600000', ['b']],
    ])
  })
})
