import { menuPage } from '../views/settings/menu.js'

/** The app's own pages, and Scalekit's hosted ones; both by permission, the hosted ones by feature too. */
export const menu = (auth) => async (c) => {
  const session = c.var.auth
  const isMember = session.organizationId !== undefined
  const widgets = isMember ? await auth.organizations.settingsMenu(session) : auth.widgetsFor(session)
  return c.html(menuPage({ session, widgets }))
}
