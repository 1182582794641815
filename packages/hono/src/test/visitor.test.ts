import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { expect, it } from 'vitest'
import { listen } from './app.js'
import { Visitor } from './visitor.js'

it('a cookie that the app ends by an instant is gone', async () => {
  const app = new Hono()
  app.get('/set', (c) => {
    setCookie(c, 'a', '1')
    setCookie(c, 'b', '2')
    return c.body(null)
  })
  app.get('/clear', (c) => {
    setCookie(c, 'a', '', { expires: new Date(0) })
    return c.body(null)
  })
  const visitor = new Visitor(await listen(app))
  await visitor.get('/set')
  await visitor.get('/clear')
  expect([...visitor.cookies]).toEqual([['b', '2']])
})
