import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, loginOf, people } from './witness.mjs'

/** What cannot be undone asks who is there, and asks Scalekit what they may. */
export async function stepUp({ report, emulator, app }) {
  const { control } = emulator
  const witness = createWitness(control)
  const at = (path) => app.origin + path
  const ada = new Browser()
  let page

  await report.step(
    'a login that Scalekit answers from its own old session does not count as a recent one',
    async () => {
      // The person typed their address 400 seconds ago, and has come to the app without a page since.
      await control('PATCH', '/settings', { accessTokenLifetime: 899 })
      await control('PUT', '/clock', { offset: -400 })
      await logIn(ada, at('/projects'), people.ada)
      await control('PUT', '/clock', { offset: 0 })
      await control('PATCH', '/settings', { accessTokenLifetime: 299 })
      ada.forget(new URL(app.origin).hostname)
      const projects = await ada.open(at('/projects'))
      must('signed in without a page', projects.url, at('/projects'))
      const [, href] = /href="(\/projects\/[^"/]+\/delete)"/.exec(projects.text)
      page = await ada.open(at(href), { from: projects.url })
      must('asks at', new URL(page.url).origin, emulator.url)
      must('prompt', loginOf(page.steps, { emulator, app }).authorization.get('prompt'), 'login')
    },
  )

  await report.step(
    'after signing in once more the person is back at the sensitive action, and can do it',
    async () => {
      const confirm = await ada.submit(page, { containing: 'name="email"', fields: { email: people.ada } })
      must('back at', /^\/projects\/[^/]+\/delete$/.test(new URL(confirm.url).pathname), true)
      must('status', confirm.status, 200)
      const before = await witness.tokenCalls('refresh_token')
      const projects = await ada.submit(confirm, { containing: 'Delete project' })
      must('ends at', projects.url, at('/projects'))
      mustHold('the project is still there', !projects.text.includes(projectAt(confirm.url)))
      mustHold('Scalekit was not asked', (await witness.tokenCalls('refresh_token')) > before)
    },
  )

  await report.step(
    'a permission that was taken away is refused there at once, even if no webhook says so',
    async () => {
      const { userId, organizationId } = await witness.member(people.ada)
      const member = `/organizations/${organizationId}/members/${userId}`
      const projects = await ada.open(at('/projects'))
      const [, href] = /href="(\/projects\/[^"/]+\/delete)"/.exec(projects.text)
      const confirm = await ada.open(at(href), { from: projects.url })
      must('status', confirm.status, 200)
      const [, name] = /<h1>Delete (.+)\?<\/h1>/.exec(confirm.text.replaceAll('<!-- -->', ''))
      await control('PATCH', '/settings', { webhooksPaused: true })
      await control('PUT', member, { roles: ['member'] })
      must('status', (await ada.submit(confirm, { containing: 'Delete project' })).status, 403)
      await control('PUT', member, { roles: ['admin'] })
      await control('POST', '/webhooks/resume', {})
      mustHold(`${name} is gone`, (await ada.open(at('/projects'))).text.includes(name))
    },
  )
}

/** What names a project in the addresses of a page. */
function projectAt(url) {
  return new URL(url).pathname.split('/')[2]
}
