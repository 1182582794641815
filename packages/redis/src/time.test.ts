import { stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { late, monotonic, within } from './time.js'

it('hears in a process that was busy beyond the deadline what had come in time', async () => {
  const answer = within(stat('/'), 0.05, false)
  for (const until = monotonic() + 0.15; monotonic() < until; );
  expect(await answer).not.toBe(late)
})

it('is late where nothing comes, busy or not', async () => {
  const never = () => within(new Promise(() => undefined), 0.05, false)
  expect(await never()).toBe(late)
  const answer = never()
  for (const until = monotonic() + 0.15; monotonic() < until; );
  expect(await answer).toBe(late)
})
