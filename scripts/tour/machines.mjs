import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, people } from './witness.mjs'

/** Programs with access tokens of their own. */
export async function machines({ report, emulator, app }) {
  const { control } = emulator
  const ask = (path, token, browser = new Browser()) =>
    browser.fetch(app.origin + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  const token = await machineToken(emulator)

  await report.step('a machine gets in where machines may, and sees its own organization', async () => {
    const answer = await ask('/api/export', token)
    must('status', answer.status, 200)
    mustHold('no projects', JSON.parse(answer.text).projects.length > 0)
    must('cookies', answer.cookies.length, 0)
  })

  await report.step('a machine is refused where people may, 403, and never sent to a login', async () => {
    const answer = await ask('/api/projects', token)
    must('status', answer.status, 403)
    mustHold('not problem+json', answer.headers['content-type'].startsWith('application/problem+json'))
    mustHold('no WWW-Authenticate', answer.headers['www-authenticate'] !== undefined)
    must('where there is no bearer guard at all', (await ask('/api/me', token)).status, 401)
  })

  await report.step('people get in where people may, by session or by token, and not where machines may', async () => {
    const ada = new Browser()
    await logIn(ada, `${app.origin}/projects`, people.ada)
    must('by session', (await ask('/api/projects', undefined, ada)).status, 200)
    must('a session where machines may', (await ask('/api/export', undefined, ada)).status, 401)
    must('by token', (await ask('/api/projects', await personToken())).status, 200)
    must('a token of a person where machines may', (await ask('/api/export', await personToken())).status, 403)
  })

  await report.step('neither a stranger, a token for another API, nor one without the scope gets in', async () => {
    must('a stranger', (await ask('/api/export')).status, 401)
    must('another API', (await ask('/api/export', await signed({ aud: 'https://other.example.test' }))).status, 401)
    must('no scope', (await ask('/api/export', await signed({ scopes: [] }))).status, 403)
  })

  /** The claims of a machine's token with changes, signed as Scalekit signs. */
  async function signed(changes) {
    const claims = { ...claimsOf(token), ...changes }
    return (await control('POST', '/tokens', { claims })).token
  }

  async function personToken() {
    const { userId } = await createWitness(control).member(people.ada)
    return signed({ sub: userId, client_id: app.clientId, sid: 'ses_1', permissions: ['projects:read'] })
  }
}

async function machineToken({ url, control }) {
  const [{ id, secret }] = (await control('GET', '/state')).machines
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  return (await (await fetch(`${url}/oauth/token`, { method: 'POST', body })).json()).access_token
}

function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString('utf8'))
}
