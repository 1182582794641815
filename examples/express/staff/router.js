import express, { Router } from 'express'
import { changeCustomer, customers, linkCustomer, setUpCustomer } from './customers.js'

/**
 * The back office: whoever administers the vendor's own organization may see and change every customer. It goes by the
 * organization of the session, never by an e-mail address. Nobody else gets as far as a question to Scalekit.
 */
export function staff(auth, organizationId) {
  const admins = [auth.requireOrganization(organizationId), auth.requireRole('admin')]
  // Whoever changes something is still one of them, as Scalekit sees it now.
  const changes = [ownFormsOnly, admins, auth.requireFresh(), admins, express.urlencoded()]

  const router = Router()
  router.get('/customers', admins, customers(auth))
  router.post('/customers', changes, setUpCustomer(auth))
  router.post('/customers/:id', changes, changeCustomer(auth))
  router.post('/customers/:id/portal-link', changes, linkCustomer(auth))
  return router
}

/** The session's cookie comes along from other hosts of the same site, so these forms ask where they were sent from. */
function ownFormsOnly(req, _res, next) {
  if (req.get('Sec-Fetch-Site') === 'same-origin') return next()
  next(Object.assign(new Error('A form of another site.'), { status: 403 }))
}
