import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { headersWithFrame } from '../headers.js'
import { compare, directory } from './directory.js'
import { members } from './members.js'
import { menu } from './menu.js'
import { organization } from './organization.js'
import { portal } from './portal.js'
import { sessions } from './sessions.js'

/**
 * The settings: who may open which page stands here. The forms on them go to routes of the plugins, which ask for
 * permissions of their own, and once more at Scalekit where somebody's membership is changed.
 */
export function settings(auth) {
  const router = new Hono()
  // This page alone may show the admin portal in a frame, and from that origin alone.
  router.use('/portal', secureHeaders(headersWithFrame(() => auth.adminPortal.frameSource())))
  router.get('/', auth.requireAuth(), menu(auth))
  router.get('/organization', auth.requirePermission('sk_org_settings_read'), organization(auth))
  router.get('/members', auth.requirePermission('sk_org_users_read'), members(auth))
  router.get('/portal', auth.requireAnyPermission('sk_org_sso_manage', 'sk_org_scim_manage'), portal(auth))
  router.get('/directory', auth.requirePermission('sk_org_scim_read'), directory(auth))
  router.post('/directory/compare', auth.requirePermission('sk_org_scim_manage'), compare(auth))
  router.get('/sessions', auth.requireAuth(), sessions(auth))
  return router
}
