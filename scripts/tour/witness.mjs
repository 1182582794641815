/** The seeded people of the emulator. */
export const people = { ada: 'ada@acme.test', max: 'max@acme.test', gil: 'gil@acme.test', bea: 'bea@globex.test' }

/** What the emulator itself saw. */
export function createWitness(control) {
  return {
    async tokenCalls(grantType) {
      const { requests } = await control('GET', '/requests')
      return requests.filter((request) => request.path === '/oauth/token' && request.grantType === grantType).length
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
