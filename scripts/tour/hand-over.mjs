import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, loginOf, organizations } from './witness.mjs'

/** Logins of Modular SSO in an app that has people and sessions of its own. */
export async function handOver({ report, emulator, app }) {
  const witness = createWitness(emulator.control)
  const at = (path) => app.origin + path
  const logIn = async (browser, email) => {
    const login = await browser.open(at('/account'))
    must('asks at', new URL(login.url).pathname, '/login')
    const provider = await browser.submit(login, { containing: 'login_hint', fields: { login_hint: email } })
    return browser.submit(provider, { containing: 'Send the answer', fields: { email } })
  }

  await report.step(
    'a login through the customer’s identity provider ends in the app’s own session, and in no other',
    async () => {
      const sam = new Browser()
      const account = await logIn(sam, 'sam@example.com')
      must('ends at', account.url, at('/account'))
      must('status', account.status, 200)
      must('code exchanges', await witness.tokenCalls('authorization_code'), 1)
      const { callback } = loginOf(account.steps, { emulator, app })
      mustHold('no callback on the way', callback !== undefined)
      const ofApp = account.steps.filter(({ url }) => url.startsWith(app.origin))
      const kept = ofApp.flatMap(({ cookies }) => cookies).filter((line) => !/^[^=]+=;|Max-Age=0/i.test(line))
      must(
        'session cookies',
        [...new Set(kept.map((line) => line.slice(0, line.indexOf('='))))].join(),
        'example-passport',
      )
      const me = JSON.parse((await sam.fetch(at('/api/me'))).text)
      must('organization', me.organizationId, organizations.acme)
      mustHold('the app’s id is Scalekit’s', !me.id.startsWith('conn_'))
      await sam.submit(account, { containing: 'action="/logout"' })
      must('after log-out', (await sam.fetch(at('/api/me'))).status, 401)
    },
  )

  await report.step('somebody whose organization is no customer is denied, and has no session', async () => {
    const stranger = new Browser()
    must('status', (await logIn(stranger, 'sam@example.org')).status, 403)
    must('signed in', (await stranger.fetch(at('/api/me'))).status, 401)
  })
}
