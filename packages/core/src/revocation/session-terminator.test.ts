import { describe, expect, it } from 'vitest'
import type { EndedSessions } from '../options/scalegate-options.js'
import { createMarkTable } from './mark-table.js'
import { createRevocationMarks, type RevocationMarks } from './revocation-marks.js'
import { createSessionTerminator } from './session-terminator.js'

const ada = { id: 'one', sid: 'ses_1', sub: 'usr_1', organizationId: 'org_1', loggedInAt: 900, confirmedAt: 900 }
const others = [
  { ...ada, sid: 'ses_2' },
  { ...ada, sid: 'ses_3', organizationId: 'org_2' },
  { ...ada, sid: 'ses_4', sub: 'usr_2' },
]

function bench(hook?: (ended: EndedSessions) => Promise<void>, broken: Partial<RevocationMarks> = {}) {
  const marks = {
    ...createRevocationMarks({
      clock: () => 1_000,
      clockSkew: 60,
      table: createMarkTable({ clock: () => 1_000, capacity: 10 }),
    }),
    ...broken,
  }
  const log: unknown[] = []
  const endSessions = createSessionTerminator({
    options: { onSessionsEnded: hook },
    marks,
    emit: (type, details) => void log.push({ type, ...details }),
  })
  const alive = () => [ada, ...others].filter((one) => !marks.isRevoked(one)).map(({ sid }) => sid)
  return { endSessions, alive, log, marks }
}

describe('createSessionTerminator', () => {
  it.each<[EndedSessions, readonly string[]]>([
    [{ at: 950, scope: 'sid', sid: 'ses_1', userId: 'usr_1' }, ['ses_2', 'ses_3', 'ses_4']],
    [{ at: 950, scope: 'member', userId: 'usr_1', organizationId: 'org_1' }, ['ses_3', 'ses_4']],
    [{ at: 950, scope: 'sub', userId: 'usr_1' }, ['ses_4']],
    [{ at: 950, scope: 'organization', organizationId: 'org_1' }, ['ses_3']],
    [{ at: 899, scope: 'sub', userId: 'usr_1' }, ['ses_1', 'ses_2', 'ses_3', 'ses_4']],
  ])('SEC-279 %j leaves %j', async (ended, left) => {
    const { endSessions, alive, log } = bench()
    await endSessions(ended, 'webhook')
    expect(alive()).toEqual(left)
    expect(log).toEqual([{ type: 'sessions_ended', by: 'webhook', scope: ended.scope }])
  })

  it('tells the app after the sessions have ended here, and the log after the app', async () => {
    const order: unknown[] = []
    const { endSessions, marks, log } = bench(async (ended) => {
      order.push(ended, marks.isRevoked(ada), log.length)
    })
    const ended = { at: 950, scope: 'sub', userId: 'usr_1' } as const
    await endSessions(ended, 'webhook')
    expect(order).toEqual([ended, true, 0])
  })

  it('rejects where the app fails, and the sessions have ended all the same', async () => {
    const { endSessions, alive, log } = bench(() => Promise.reject(new Error('down')))
    await expect(endSessions({ at: 950, scope: 'sub', userId: 'usr_1' }, 'webhook')).rejects.toThrow('down')
    expect([alive(), log]).toEqual([
      ['ses_4'],
      [expect.objectContaining({ type: 'sessions_ended_failed', scope: 'sub' })],
    ])
  })

  it('does not tell the app of what could not be written down', async () => {
    const heard: unknown[] = []
    const { endSessions, log } = bench(async (ended) => void heard.push(ended), {
      revoke: () => Promise.reject(new Error('full')),
    })
    await expect(endSessions({ at: 950, scope: 'sub', userId: 'usr_1' }, 'webhook')).rejects.toThrow('full')
    expect([heard, log]).toEqual([[], []])
  })
})
