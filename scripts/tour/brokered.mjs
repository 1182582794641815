import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, loginOf, organizations, people } from './witness.mjs'

/** Limits of a session in the app that is walked, in seconds: longer than an access token lives. */
export const limits = { absolute: 7200, idle: 3600 }
const accessTokenLifetime = 899

/**
 * Modular SSO in the app of the audits (packages/testing/AUDITED-APP.md): with sessions of the kit, and handed over to
 * those of the app, which lets in the people of one organization.
 */
export async function brokered({ report, emulator, app }) {
  const { control } = emulator
  const witness = createWitness(control)
  const at = (path) => app.origin + path
  const logIn = async (browser, email, returnTo) => {
    const query = new URLSearchParams({ login_hint: email, return_to: returnTo })
    const provider = await browser.open(at(`/auth/login?${query}`))
    const page = await browser.submit(provider, { containing: 'Send the answer', fields: { email } })
    return { page, steps: [...provider.steps, ...page.steps] }
  }
  const jsonOf = async (browser, path) => JSON.parse((await browser.fetch(at(path))).text)
  const statusOf = async (browser, path) => (await browser.fetch(at(path))).status

  await report.step(
    'a login through the customer’s identity provider signs in to its organization, without a refresh token',
    async () => {
      const sam = new Browser()
      const { page, steps } = await logIn(sam, 'sam@example.com', '/private')
      must('ends at', page.url, at('/private'))
      const { user, organizationId } = JSON.parse(page.text)
      mustHold('a person of the connection', user.id.startsWith('conn_'))
      must('organization', organizationId, organizations.acme)
      mustHold(
        'asks for no refresh token',
        !loginOf(steps, { emulator, app }).authorization.get('scope').includes('off'),
      )
      must('code exchanges', await witness.tokenCalls('authorization_code'), 1)
      return organizationId
    },
  )

  await report.step('nobody is sent away who names no connection', async () => {
    const page = await new Browser().open(at('/private'))
    must('status', page.status, 400)
    mustHold('says what is missing', page.text.includes('connection_selector_missing'))
    must('logins at Scalekit', await witness.authorizations(app.clientId), 1)
  })

  await report.step('a login that is handed over ends in the app’s own session, and in no other', async () => {
    const sam = new Browser()
    const { page } = await logIn(sam, 'sam@example.com', '/own-session')
    must('ends at', page.url, at('/own-session'))
    must('organization', JSON.parse(page.text).organizationId, organizations.acme)
    const ofApp = page.steps.filter(({ url }) => url.startsWith(app.origin))
    const kept = ofApp.flatMap(({ cookies }) => cookies).filter((line) => !/^[^=]+=;|Max-Age=0/i.test(line))
    must('cookies', kept.map((line) => line.slice(0, line.indexOf('='))).join(), 'own-session')
    must('at a guard of the kit', await statusOf(sam, '/private'), 401)
    must('session of the kit', (await jsonOf(sam, '/auth/session')).session, null)
  })

  await report.step('somebody whose organization the app refuses is denied, and has no session', async () => {
    const stranger = new Browser()
    must('status', (await logIn(stranger, 'sam@example.org', '/own-session')).page.status, 403)
    must('own session', await statusOf(stranger, '/own-session'), 401)
    must('at a guard of the kit', await statusOf(stranger, '/private'), 401)
  })

  await report.step(
    'the log-out of the app’s own session goes on to Scalekit with the ID token, and back',
    async () => {
      const sam = new Browser()
      await logIn(sam, 'sam@example.com', '/own-session')
      const url = new URL(JSON.parse((await sam.fetch(at('/own-leave'), { form: {} })).text).url)
      must('leads to', url.origin, emulator.url)
      mustHold('no ID token', /^[\w-]+\.[\w-]+\.[\w-]+$/.test(url.searchParams.get('id_token_hint')))
      must('ends at', (await sam.open(url.href, { from: at('/') })).url, at('/'))
      must('own session', await statusOf(sam, '/own-session'), 401)
    },
  )

  await report.step('an environment of the other product is explained, and nobody is signed in', async () => {
    await control('PATCH', '/settings', { product: 'full-stack-auth' })
    const ada = new Browser()
    const login = await ada.open(at(`/auth/login?${new URLSearchParams({ login_hint: people.ada })}`))
    const page = await ada.submit(login, { containing: 'name="email"', fields: { email: people.ada } })
    await control('PATCH', '/settings', { product: 'modular-sso' })
    must('status', page.status, 400)
    mustHold('says product_mismatch', page.text.includes('product_mismatch'))
    must('at a guard of the kit', await statusOf(ada, '/private'), 401)
  })

  await report.step(
    'a session outlives its access token, ends by the app’s own limits, and nobody is asked',
    async () => {
      const sam = new Browser()
      await logIn(sam, 'sam@example.com', '/private')
      const later = (seconds) => sam.fetch(at('/clock'), { form: { ahead: String(seconds) } })
      await later(accessTokenLifetime + 60)
      must('after the access token', await statusOf(sam, '/private'), 200)
      await later(accessTokenLifetime + 60 + limits.idle + 60)
      must('after an hour without a request', await statusOf(sam, '/private'), 401)
      must('refreshes', await witness.tokenCalls('refresh_token'), 0)
      return 'the app’s clock ahead'
    },
  )
}
