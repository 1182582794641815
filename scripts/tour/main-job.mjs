import { setTimeout as sleep } from 'node:timers/promises'
import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, people } from './witness.mjs'

/** The kit refreshes a session at most once in ten seconds, so that is how long an expiry takes here. */
const untilRefresh = 10_500

/** Every step judges by what came over HTTP and by the emulator's own request log. */
export async function mainJob({ report, emulator, app }) {
  const { step } = { step: report.step.bind(report) }
  const { control } = emulator
  const witness = createWitness(control)
  const at = (path) => app.origin + path
  const ada = new Browser()
  const status = async (browser, path) => (await browser.fetch(at(path))).status

  await step('a stranger sees the public page', async () => {
    const page = await ada.open(at('/'))
    must('status', page.status, 200)
    mustHold('no link to the login', page.text.includes('/auth/login'))
    must('cookies', page.cookies.length, 0)
  })

  await step('a script without a session gets 401 problem+json, and no login is started', async () => {
    const answer = await ada.fetch(at('/api/me'))
    must('status', answer.status, 401)
    mustHold('not problem+json', answer.headers['content-type'].startsWith('application/problem+json'))
    mustHold('no WWW-Authenticate', answer.headers['www-authenticate'] !== undefined)
    must('cookies', answer.cookies.length, 0)
  })

  await step('a guarded page leads to the login of Scalekit and back to itself', async () => {
    const { page, steps } = await logIn(ada, at('/members'), people.ada)
    must('ends at', page.url, at('/members'))
    must('status', page.status, 200)
    mustHold(
      'no callback on the way',
      steps.some(({ url }) => url.startsWith(at('/auth/callback?'))),
    )
    must('code exchanges', await witness.tokenCalls('authorization_code'), 1)
    return steps.map(({ url }) => new URL(url).pathname.replace(/\/[\w-]{20,}$/, '')).join(' → ')
  })

  await step('an admin sees the members page and the API', async () => {
    must('members', (await ada.open(at('/members'))).status, 200)
    const me = await ada.fetch(at('/api/me'))
    must('api', me.status, 200)
    must('user', JSON.parse(me.text).user.email, people.ada)
    mustHold('a token reached the browser', !/eyJ/.test(me.text))
  })

  await step('a person without the permission gets 403, and is not sent to the login', async () => {
    const gil = new Browser()
    await logIn(gil, at('/projects'), people.gil)
    const page = await gil.open(at('/members'))
    must('status', page.status, 403)
    mustHold('was sent to the login', !page.steps.some(({ url }) => url.includes('/auth/login')))
    must('api', (await gil.fetch(at('/api/projects'), { json: { name: 'Not mine to make' } })).status, 403)
  })

  await step('the settings page offers the widgets this person can use, and the redirect opens them', async () => {
    const settings = await ada.open(at('/settings'))
    for (const widget of ['members', 'sso', 'scim']) mustHold(`${widget} is not offered`, offers(settings, widget))
    const widgets = await ada.open(at('/auth/widgets?widget=members'), { from: settings.url })
    must('widgets', new URL(widgets.url).pathname, '/ui/')
    must('status', widgets.status, 200)
  })

  await step('a member is offered less, and a widget beyond that is refused before Scalekit is asked', async () => {
    const gil = new Browser()
    await logIn(gil, at('/settings'), people.gil)
    const settings = await gil.open(at('/settings'))
    mustHold('sso is offered', !offers(settings, 'sso'))
    must('status', (await gil.open(at('/auth/widgets?widget=sso'))).status, 403)
  })

  // A provider whose clock is behind issues tokens that are about to expire: time moves without touching the app.
  await control('PUT', '/clock', { offset: -290 })
  const short = new Browser()
  await logIn(short, at('/projects'), people.ada)
  await sleep(untilRefresh)

  await step('while Scalekit is down an expired session is answered 503, and strangers notice nothing', async () => {
    await control('POST', '/faults', { endpoint: 'token', kind: 'status', status: 503, times: 0 })
    const answer = await short.fetch(at('/api/me'))
    must('status', answer.status, 503)
    mustHold('no Retry-After', answer.headers['retry-after'] !== undefined)
    must('cookies', answer.cookies.length, 0)
    must('stranger', (await new Browser().open(at('/'))).status, 200)
    await control('DELETE', '/faults')
  })

  await step('when it is back, 20 requests at once refresh the session with one call', async () => {
    await sleep(1100)
    const before = await witness.tokenCalls('refresh_token')
    const answers = await Promise.all(Array.from({ length: 20 }, () => short.fetch(at('/api/me'))))
    must('answers', answers.map((answer) => answer.status).join(), Array(20).fill(200).join())
    const calls = (await witness.tokenCalls('refresh_token')) - before
    must('token calls', calls, 1)
    return '20 × 200, 1 token call'
  })

  const when = app.hearsWebhooks ? 'as soon as a webhook says so' : 'after the next refresh'
  await step(`a role that is taken away bites ${when}`, async () => {
    const { userId, organizationId } = await witness.member(people.ada)
    await control('PUT', `/organizations/${organizationId}/members/${userId}`, { roles: ['guest'] })
    if (app.hearsWebhooks) await control('GET', '/webhooks/settled')
    else {
      must('before the refresh', (await short.open(at('/members'))).status, 200)
      await sleep(untilRefresh)
    }
    must('after it', (await short.open(at('/members'))).status, 403)
    must('still signed in', await status(short, '/api/me'), 200)
    await control('PUT', `/organizations/${organizationId}/members/${userId}`, { roles: ['admin'] })
    await control('PUT', '/clock', { offset: 0 })
  })

  const max = new Browser()
  await logIn(max, at('/projects'), people.max)
  const stolen = max.copy()

  await step('log-out on the widgets page reaches the app by back-channel logout', async () => {
    const widgets = await max.open(at('/auth/widgets'))
    await max.submit(widgets, { containing: 'Log out' })
    const delivery = (await control('GET', '/deliveries')).deliveries.at(-1)
    must('delivered to', delivery.url, at('/auth/backchannel-logout'))
    must('answered', delivery.status, 200)
    must('the app', await status(max, '/api/me'), 401)
    must('a copy of the cookie', await status(stolen, '/api/me'), 401)
  })

  await step('the old cookie stays refused after another login of the same person', async () => {
    await logIn(max, at('/projects'), people.max)
    must('the new session', await status(max, '/api/me'), 200)
    must('the old cookie', await status(stolen, '/api/me'), 401)
  })

  await step('a restart of the app signs nobody out and revives nobody', async () => {
    await app.restart()
    must('the new session', await status(max, '/api/me'), 200)
    must('the old cookie', await status(stolen, '/api/me'), 401)
  })

  await step('log-out in the app ends the session here and at Scalekit', async () => {
    const copy = max.copy()
    const page = await max.submit(await max.open(at('/projects')), { containing: '/auth/logout' })
    must('ends at', page.url, at('/'))
    mustHold(
      'Scalekit was not asked',
      page.steps.some(({ url }) => url.startsWith(`${emulator.url}/oidc/logout?`)),
    )
    must('the app', await status(max, '/api/me'), 401)
    must('a copy of the cookie', await status(copy, '/api/me'), 401)
    const again = await max.open(at('/projects'))
    mustHold('Scalekit signed in without asking', again.url.startsWith(emulator.url))
  })
}

/** By a link to the widget, or one that brings the session at Scalekit into the organization first. */
function offers({ text }, widget) {
  return new RegExp(`widget(=|%3D)${widget}"`).test(text)
}
