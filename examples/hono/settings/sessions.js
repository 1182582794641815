import { sessionsPage } from '../views/settings/sessions.js'

export const sessions = (auth) => async (c) => {
  return c.html(sessionsPage({ session: c.var.auth, sessions: await auth.sessions.list(c.var.auth) }))
}
