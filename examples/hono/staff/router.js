import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { changeCustomer, customers, linkCustomer, setUpCustomer } from './customers.js'

/**
 * The back office: whoever administers the vendor's own organization may see and change every customer. It goes by the
 * organization of the session, never by an e-mail address. Nobody else gets as far as a question to Scalekit.
 */
export function staff(auth, organizationId) {
  const admins = [auth.requireOrganization(organizationId), auth.requireRole('admin')]
  // Whoever changes something is still one of them, as Scalekit sees it now. The session's cookie comes along from other
  // hosts of the same site, hence `csrf()`.
  const changes = [csrf(), ...admins, auth.requireFresh(), ...admins, bodyLimit({ maxSize: 100 * 1024 })]

  const router = new Hono()
  router.get('/customers', ...admins, customers(auth))
  router.post('/customers', ...changes, setUpCustomer(auth))
  router.post('/customers/:id', ...changes, changeCustomer(auth))
  router.post('/customers/:id/portal-link', ...changes, linkCustomer(auth))
  return router
}
