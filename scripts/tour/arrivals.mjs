import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, loginOf, organizations, people } from './witness.mjs'

/** Logins that do not begin at the app: a tile of the customer's identity provider, and the link of an invitation. */
export async function arrivals({ report, emulator, app }) {
  const witness = createWitness(emulator.control)
  const at = (path) => app.origin + path
  const organizationOf = async (browser) => JSON.parse((await browser.fetch(at('/api/me'))).text).organizationId
  const sam = new Browser()
  let link

  await report.step(
    'a tile of the identity provider’s portal leads to a signed-in page, by a login of the app’s own',
    async () => {
      const portals = await sam.open(`${emulator.url}/sso/portal`)
      const href = /href="(\/sso\/portal\/[^"]+)"[^>]*>(?:(?!<\/a>)[\s\S])*Acme/.exec(portals.text)[1]
      const portal = await sam.open(emulator.url + href, { from: portals.url })
      const before = await witness.authorizations(app.clientId)
      const page = await sam.submit(portal, {
        containing: `value="${app.clientId}"`,
        fields: { email: 'sam@example.com', relay_state: '/members', client: app.clientId },
      })
      must('ends at', page.url, at('/members'))
      must('status', page.status, 200)
      link = page.steps[1].url
      mustHold('no token of the portal', link.startsWith(at('/auth/login?idp_initiated_login=')))
      must('authorization requests of the app', (await witness.authorizations(app.clientId)) - before, 1)
      const { authorization, callback } = loginOf(page.steps, { emulator, app })
      must('connection', authorization.get('connection_id')?.startsWith('conn_'), true)
      mustHold('the state is not the app’s own', authorization.get('state').length >= 22)
      must('state that came back', callback.get('state'), authorization.get('state'))
      must('organization', await organizationOf(sam), organizations.acme)
      return `${page.steps.length} steps, none of them a page to fill in`
    },
  )

  await report.step('the link of the tile works once', async () => {
    const thief = new Browser()
    const page = await thief.open(link, { from: `${emulator.url}/sso/portal` })
    must('status', page.status, 400)
    must('ends at', new URL(page.url).pathname, '/auth/login')
    must('signed in', (await thief.fetch(at('/api/me'))).status, 401)
  })

  await report.step('an invitation leads somebody new into the organization that invites', async () => {
    const zoe = new Browser()
    const url = await invite('zoe@newcomer.test')
    const invitation = await zoe.open(url)
    mustHold('Globex is not named', invitation.text.includes('Globex'))
    const page = await zoe.submit(invitation, { containing: 'Accept invitation' })
    must('ends at', page.url, at('/'))
    must('organization', await organizationOf(zoe), organizations.globex)
    must('the link a second time', (await new Browser().open(url)).status, 404)
  })

  await report.step('and somebody who is signed in to another one', async () => {
    const max = new Browser()
    await logIn(max, at('/projects'), people.max)
    must('before', await organizationOf(max), organizations.acme)
    await max.submit(await max.open(await invite(people.max)), { containing: 'Accept invitation' })
    must('after', await organizationOf(max), organizations.globex)
  })

  async function invite(email) {
    const input = { organizationId: organizations.globex, email, clientId: app.clientId }
    return (await emulator.control('POST', '/invitations', input)).url
  }
}
