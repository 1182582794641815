import { describe, expect, it } from 'vitest'
import { askSession } from './ask-session.js'
import { ada } from './test/sessions.js'

const answered = (response: Response | Error) =>
  askSession(() => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)), '/auth/session')

describe('askSession', () => {
  it('asks this origin, past every cache', async () => {
    const asked: unknown[] = []
    await askSession(async (...question) => {
      asked.push(...question)
      return Response.json({ session: null })
    }, '/app/auth/session')
    expect(asked).toEqual([
      '/app/auth/session',
      { cache: 'no-store', credentials: 'same-origin', headers: { accept: 'application/json' } },
    ])
  })

  it.each([
    ['a session', Response.json({ session: ada }), ada],
    ['a stranger', Response.json({ session: null }), null],
    ['503', Response.json({ session: null }, { status: 503 }), undefined],
    ['403', Response.json({ session: ada }, { status: 403 }), undefined],
    ['no network', new TypeError('fetch failed'), undefined],
    ['a page', new Response('<!doctype html>'), undefined],
    ['JSON of something else', Response.json({ ok: true }), undefined],
    ['null', Response.json(null), undefined],
    ['a string', Response.json('session'), undefined],
    ['a session without a user', Response.json({ session: { ...ada, user: {} } }), undefined],
    ['a session without permissions', Response.json({ session: { ...ada, permissions: 'all' } }), undefined],
    ['a session without roles', Response.json({ session: { ...ada, roles: undefined } }), undefined],
  ])('%s', async (_label, response, expected) => {
    expect(await answered(response)).toEqual(expected)
  })
})
