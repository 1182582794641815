/** The access token lives in this variable and nowhere else: a reload gets a new one by the refresh cookie. */
let accessToken

const part = (selector) => document.querySelector(selector)

async function post(path) {
  const response = await fetch(path, { method: 'POST' })
  return response.ok ? response.json() : undefined
}

/** The kit leads here after a login: the code in the cookie becomes tokens, and the address what the person asked for. */
async function exchange() {
  const answer = await post('/api/session')
  history.replaceState(null, '', answer?.return_to ?? '/')
  return answer
}

async function start() {
  const answer = await (location.pathname === '/signed-in' ? exchange() : post('/api/session/refresh'))
  accessToken = answer?.access_token
  if (accessToken === undefined) part('#login').hidden = false
  else await showProjects()
}

async function showProjects() {
  const response = await fetch('/api/projects', { headers: { authorization: `Bearer ${accessToken}` } })
  const { user, projects } = await response.json()
  part('#account span').textContent = user.name
  part('#projects ul').replaceChildren(...projects.map(item))
  for (const id of ['#account', '#projects']) part(id).hidden = false
}

function item(text) {
  return Object.assign(document.createElement('li'), { textContent: text })
}

part('#login').addEventListener('submit', (event) => {
  event.preventDefault()
  const asked = new URLSearchParams(location.search).get('return_to')
  const query = new URLSearchParams({ login_hint: part('#email').value, return_to: asked ?? location.pathname })
  location.assign(`/auth/login?${query}`)
})

part('#account button').addEventListener('click', async () => {
  await fetch('/api/session', { method: 'DELETE' })
  location.assign('/')
})

start().catch(() => {
  part('#message').textContent = 'The server is not answering. Please try again.'
})
