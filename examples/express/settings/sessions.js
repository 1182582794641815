import { sessionsPage } from '../views/settings/sessions.js'

export const sessions = (auth) => async (req, res) => {
  res.send(sessionsPage({ session: req.auth, sessions: await auth.sessions.list(req.auth) }))
}
