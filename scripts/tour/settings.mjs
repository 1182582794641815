import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, organizations, people } from './witness.mjs'

/** What customers do for themselves on the settings pages of the app, and what becomes of it elsewhere. */
export async function settings(walk) {
  for (const part of [invitation, connection, directory, devices]) await part(walk)
}

async function invitation({ report, emulator, app }) {
  const { control } = emulator
  const witness = createWitness(control)
  const at = (path) => app.origin + path
  const email = 'zoe@invited.test'
  const invitations = async () => (await control('GET', '/state')).invitations.filter((one) => one.email === email)

  await report.step('somebody invited on the members page comes by the mail into the right organization', async () => {
    const ada = new Browser()
    const { page: members } = await logIn(ada, at('/settings/members'), people.ada)
    const created = () => witness.calls('POST', `/api/v1/organizations/${organizations.acme}/users`)
    const before = await created()
    const after = await ada.submit(members, { containing: 'name="email"', fields: { email, roles: 'guest' } })
    must('ends at', after.url, at('/settings/members'))
    mustHold('the person is not listed', after.text.includes(email))
    must('calls of the app', (await created()) - before, 1)
    const [mail] = await invitations()

    const zoe = new Browser()
    const page = await zoe.open(`${emulator.url}/invitations/${mail.id}`)
    const start = await zoe.submit(page, { containing: 'Accept invitation' })
    must('ends at', start.url, at('/'))
    const me = JSON.parse((await zoe.fetch(at('/api/me'))).text)
    must('organization', me.organizationId, organizations.acme)
    must('roles', me.roles.join(), 'guest')
  })

  await report.step('a guest can invite nobody, by a page or by its form, and Scalekit is not asked', async () => {
    const gil = new Browser()
    await logIn(gil, at('/projects'), people.gil)
    const before = await witness.calls('POST')
    must('page', (await gil.open(at('/settings/members'))).status, 403)
    const form = { email: 'friend@invited.test', roles: 'admin' }
    must('form', (await gil.open(at('/auth/members/invite'), { from: at('/settings/members'), form })).status, 403)
    must('script', (await gil.fetch(at('/auth/members/invite'), { json: form })).status, 403)
    must('calls of the app', (await witness.calls('POST')) - before, 0)
  })
}

async function connection({ report, emulator, app }) {
  const { control } = emulator
  const at = (path) => app.origin + path
  const connections = async () => (await control('GET', '/state')).connections.map(({ id }) => id)
  let made

  await report.step('an administrator makes an SSO connection in the admin portal, whose link opens once', async () => {
    const bea = new Browser()
    const { page: picker } = await logIn(bea, at('/settings/portal'), people.bea)
    const page = await bea.submit(picker, { containing: 'Globex', fields: { organization: organizations.globex } })
    must('ends at', page.url, at('/settings/portal'))
    const sources = /frame-src ([^;]*)/.exec(page.headers['content-security-policy'])?.[1].split(' ')
    must('may be framed', sources?.filter((source) => source !== "'self'").join(), emulator.url)
    mustHold('another page may frame it too', !(await csp(bea, at('/projects'))).includes(emulator.url))
    mustHold('there is no portal', page.text.includes('<scalekit-admin-portal'))

    const before = await connections()
    let portal = await bea.submit(page, { containing: '/auth/admin-portal' })
    const link = portal.steps.find(({ url }) => url.includes('/magicLink/')).url
    must('opens at', new URL(portal.url).origin, emulator.url)
    portal = await bea.submit(portal, { containing: 'Add connection', fields: { provider: 'OKTA', type: 'OIDC' } })
    ;[made] = (await connections()).filter((id) => !before.includes(id))
    const idp = { issuer: 'https://login.globex.test', client_id: 'scalekit', client_secret: 'of-the-idp' }
    portal = await bea.submit(portal, { containing: `${made}/configure`, fields: idp })
    portal = await bea.submit(portal, { containing: `${made}/test`, fields: { answer: 'success' } })
    await bea.submit(portal, { containing: `${made}/enable` })
    must('the link a second time', (await new Browser().open(link)).status, 410)
  })

  await report.step('the login page of the app then leads people of that domain through it', async () => {
    const nina = new Browser()
    const login = await nina.open(at('/login'))
    const fields = { email: 'nina@example.org' }
    const provider = await nina.submit(login, { containing: 'name="email"', fields })
    const projects = await nina.submit(provider, { containing: 'Send the answer', fields })
    must('ends at', projects.url, at('/projects'))
    const { sessions } = await control('GET', '/state')
    must('connection', sessions.at(-1).amr.join(), made)
    must('organization', JSON.parse((await nina.fetch(at('/api/me'))).text).organizationId, organizations.globex)
  })

  await report.step('whoever may manage nothing gets no link into the portal', async () => {
    const gil = new Browser()
    await logIn(gil, at('/projects'), people.gil)
    must('page', (await gil.open(at('/settings/portal'))).status, 403)
    const links = async () => (await control('GET', '/state')).portalLinks.length
    const before = await links()
    must('script', (await gil.fetch(at('/auth/admin-portal'), { json: { features: ['sso'] } })).status, 403)
    must('links made', (await links()) - before, 0)
  })
}

async function directory({ report, emulator, app }) {
  const { control } = emulator
  const at = (path) => app.origin + path
  const ada = new Browser()
  const pia = new Browser()
  const email = 'pia@example.com'
  const { endpoint, secret } = await control('POST', '/directories', { organizationId: organizations.acme })
  const scim = async (method, path, body) => {
    const answer = await fetch(endpoint + path, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`SCIM ${method} ${path}: ${answer.status}`)
    await control('GET', '/webhooks/settled')
    return answer.status === 204 ? undefined : answer.json()
  }
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const person = { schemas, userName: email, name: { givenName: 'Pia', familyName: 'Sync' }, active: true }
  const shows = async (text) => (await ada.open(at('/settings/directory'))).text.includes(text)
  await logIn(ada, at('/settings/directory'), people.ada)
  let id

  await report.step('a person who is created in the customer’s directory is in the table of the app', async () => {
    mustHold('already there', !(await shows(email)))
    id = (await scim('POST', '/Users', { ...person, emails: [{ value: email, primary: true }] })).id
    mustHold('not shown', await shows(email))
  })

  await report.step('and is changed there as in the directory', async () => {
    const Operations = [{ op: 'replace', path: 'name.familyName', value: 'Renamed' }]
    await scim('PATCH', `/Users/${id}`, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
    mustHold('the old name', await shows('Renamed'))
  })

  await report.step('whoever is removed there is gone from the table, and out of the app', async () => {
    const login = await pia.open(at('/login'))
    const provider = await pia.submit(login, { containing: 'name="email"', fields: { email } })
    const projects = await pia.submit(provider, { containing: 'Send the answer', fields: { email } })
    must('signed in', projects.url, at('/projects'))
    must('the session', (await pia.fetch(at('/api/me'))).status, 200)
    await scim('DELETE', `/Users/${id}`)
    mustHold('still shown', !(await shows(email)))
    must('the session', (await pia.fetch(at('/api/me'))).status, 401)
  })

  await report.step('nor does a login bring them back, where Scalekit lets them in once more', async () => {
    await forgetMembership(emulator, email)
    const login = await pia.open(at('/login'))
    const provider = await pia.submit(login, { containing: 'name="email"', fields: { email } })
    const denied = await pia.submit(provider, { containing: 'Send the answer', fields: { email } })
    must('ends at', new URL(denied.url).pathname, '/auth/callback')
    must('status', denied.status, 403)
    must('the session', (await pia.fetch(at('/api/me'))).status, 401)
  })

  await report.step('a comparison finds what no webhook told of', async () => {
    await control('PATCH', '/settings', { webhooksPaused: true })
    const other = 'quin@example.com'
    const name = { givenName: 'Quin', familyName: 'Missed' }
    await scim('POST', '/Users', { ...person, userName: other, name, emails: [{ value: other, primary: true }] })
    mustHold('already there', !(await shows(other)))
    const page = await ada.open(at('/settings/directory'))
    const compared = await ada.submit(page, { containing: 'Compare with the directory' })
    must('ends at', compared.url, at('/settings/directory'))
    mustHold('not shown', compared.text.includes(other))
    await control('POST', '/webhooks/resume', {})
  })
}

async function devices({ report, app }) {
  const at = (path) => app.origin + path

  await report.step('signing out the other devices ends them at once, and not this one', async () => {
    const [here, there] = [new Browser(), new Browser()]
    await logIn(there, at('/projects'), people.gil)
    const { page } = await logIn(here, at('/settings/sessions'), people.gil)
    const after = await here.submit(page, { containing: 'Sign out all other devices' })
    must('ends at', after.url, at('/settings/sessions'))
    must('this one', (await here.fetch(at('/api/me'))).status, 200)
    must('the other one', (await there.fetch(at('/api/me'))).status, 401)
  })
}

/** At Scalekit nothing is left of somebody in Acme, so that single sign-on lets them join anew. */
async function forgetMembership({ url, control }, email) {
  const { clients, users } = await control('GET', '/state')
  const [{ id, secret }] = clients
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const { access_token: token } = await (await fetch(`${url}/oauth/token`, { method: 'POST', body })).json()
  const { id: user } = users.find((one) => one.email === email)
  const membership = `${url}/api/v1/memberships/organizations/${organizations.acme}/users/${user}`
  const answer = await fetch(membership, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`DELETE ${membership}: ${answer.status}`)
  await control('GET', '/webhooks/settled')
}

async function csp(browser, url) {
  return (await browser.open(url)).headers['content-security-policy'] ?? ''
}
