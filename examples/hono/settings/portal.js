import { portalPage } from '../views/settings/portal.js'

/** Scalekit's admin portal in a frame. */
export const portal = (auth) => async (c) => {
  const session = c.var.auth
  const on = await auth.organizations.features(session)
  const features = auth.adminPortal.featuresFor(session).filter((feature) => on.includes(feature))
  const environment = auth.adminPortal.frameSource()
  return c.html(portalPage({ session, features, environment }))
}
