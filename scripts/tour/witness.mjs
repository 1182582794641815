/** The seeded people of the emulator. */
export const people = {
  ada: 'ada@acme.test',
  max: 'max@acme.test',
  gil: 'gil@acme.test',
  bea: 'bea@globex.test',
  ivy: 'ivy@acme.test',
}

/** Its seeded organizations. */
export const organizations = {
  acme: 'org_102000000000000001',
  globex: 'org_102000000000000002',
  initech: 'org_102000000000000003',
}

/** What the emulator itself saw. */
export function createWitness(control) {
  return {
    async tokenCalls(grantType) {
      const { requests } = await control('GET', '/requests')
      return requests.filter((request) => request.path === '/oauth/token' && request.grantType === grantType).length
    },
    /** How often the REST API was called, at a path or at all. */
    async calls(method, path) {
      const { requests } = await control('GET', '/requests')
      const calls = requests.filter((request) => request.method === method && request.path.startsWith('/api/v1/'))
      return calls.filter((request) => path === undefined || request.path === path).length
    },
    /** How often an app has asked for a login. */
    async authorizations(clientId) {
      const { requests } = await control('GET', '/requests')
      return requests.filter((request) => request.kind === 'authorize' && request.clientId === clientId).length
    },
    async member(email) {
      const { users } = await control('GET', '/state')
      const user = users.find((candidate) => candidate.email === email)
      return { userId: user.id, organizationId: user.memberships[0].organizationId }
    },
  }
}

/** Opens a guarded page as a stranger, types the e-mail address at Scalekit, and ends where that leads. */
export async function logIn(browser, url, email) {
  const login = await browser.open(url)
  const page = await browser.submit(login, { containing: 'name="email"', fields: { email } })
  return { page, steps: [...login.steps, ...page.steps] }
}

/** The authorization request and the callback among the steps of a login, as addresses. */
export function loginOf(steps, { emulator, app }) {
  const first = (start) => steps.map(({ url }) => url).find((url) => url.startsWith(start))
  const authorization = first(`${emulator.url}/oauth/authorize?`)
  const callback = first(`${app.origin}/auth/callback?`)
  return {
    authorization: authorization && new URL(authorization).searchParams,
    callback: callback && new URL(callback).searchParams,
  }
}
