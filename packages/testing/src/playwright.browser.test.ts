import { scalegate } from '@scalegate/express'
import express from 'express'
import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { signedIn } from './signed-in.js'

it('the cookies are those that Playwright takes, and Chromium is signed in', async () => {
  const app = express()
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const options = {
    issuer: 'https://acme.scalekit.dev',
    clientId: 'skc_1',
    clientSecret: 'secret-of-the-client',
    cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
    baseUrl: `http://127.0.0.1:${port}`,
  }
  const auth = scalegate(options)
  app.use(auth)
  app.get('/me', auth.requireAuth(), (req, res) => void res.type('text').send(`hello ${req.auth.user.id}`))
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_SHELL_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const context = await browser.newContext()
    const ada = await signedIn({ user: { id: 'usr_ada' }, claims: { note: 'x'.repeat(4000) } }, options)
    await context.addCookies(ada.cookies())
    const page = await context.newPage()
    await page.goto(`${options.baseUrl}/me`)
    expect(await page.textContent('body')).toBe('hello usr_ada')
    expect(await page.evaluate('document.cookie')).toBe('')
  } finally {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }
})
