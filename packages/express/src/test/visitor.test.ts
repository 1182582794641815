import { expect, it } from 'vitest'
import { expressOf, listen, versions } from './app.js'
import { Visitor } from './visitor.js'

it.each(versions)('a cookie that the app clears is gone (Express %s)', async (version) => {
  const app = expressOf(version)()
  app.get('/set', (_req, res) => void res.cookie('a', '1').cookie('b', '2').end())
  app.get('/clear', (_req, res) => void res.clearCookie('a').end())
  const visitor = new Visitor(await listen(app))
  await visitor.get('/set')
  const { setCookies } = await visitor.get('/clear')
  expect(setCookies.join()).not.toContain('Max-Age')
  expect([...visitor.cookies]).toEqual([['b', '2']])
})
