import { addAdminPortalToCsp } from '@scalegate/browser/csp'
import { portalPage } from '../views/settings/portal.js'

/** Scalekit's admin portal in a frame: this page alone may show one, and from that origin alone. */
export const portal = (auth) => async (req, res) => {
  const session = req.auth
  const on = await auth.organizations.features(session)
  const features = auth.adminPortal.featuresFor(session).filter((feature) => on.includes(feature))
  const environment = auth.adminPortal.frameSource()
  res.set('Content-Security-Policy', addAdminPortalToCsp(res.get('Content-Security-Policy'), environment))
  res.send(portalPage({ session, features, environment }))
}
