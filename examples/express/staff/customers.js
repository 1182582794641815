import { addressOf, customersPage } from '../views/staff/customers.js'
import { change, newLink, setUp } from './customer.js'

export const customers = (auth) => (req, res) => show(auth, req, res)

export const setUpCustomer = (auth) => async (req, res) => {
  await show(auth, req, res, await setUp(auth.organizations, req.body ?? {}))
}

export const changeCustomer = (auth) => async (req, res) => {
  const outcome = await change(auth.organizations, req.params.id, req.body ?? {})
  if (outcome.typed) return show(auth, req, res, outcome)
  res.redirect(303, addressOf('', pageTokenOf(req)))
}

export const linkCustomer = (auth) => async (req, res) => {
  await show(auth, req, res, await newLink(auth.organizations, req.params.id))
}

/** A page of the customers with what became of a form: a link stands in this one answer, and nowhere else. */
async function show(auth, req, res, outcome = {}) {
  const pageToken = pageTokenOf(req)
  const { items, nextPageToken } = await auth.organizations.all().list().page({ pageSize: 20, pageToken })
  res.status(outcome.typed ? 400 : 200)
  res.send(customersPage({ session: req.auth, customers: items, pageToken, nextPageToken, ...outcome }))
}

function pageTokenOf(req) {
  return String(req.query.page_token ?? '') || undefined
}
