import { addressOf, customersPage } from '../views/staff/customers.js'
import { change, newLink, setUp } from './customer.js'

export const customers = (auth) => (c) => show(auth, c)

export const setUpCustomer = (auth) => async (c) => {
  return show(auth, c, await setUp(auth.organizations, await formOf(c)))
}

export const changeCustomer = (auth) => async (c) => {
  const outcome = await change(auth.organizations, c.req.param('id'), await formOf(c))
  return outcome.typed ? show(auth, c, outcome) : c.redirect(addressOf('', c.req.query('page_token')), 303)
}

export const linkCustomer = (auth) => async (c) => {
  return show(auth, c, await newLink(auth.organizations, c.req.param('id')))
}

/** A page of the customers with what became of a form: a link stands in this one answer, and nowhere else. */
async function show(auth, c, outcome = {}) {
  const session = c.var.auth
  const pageToken = c.req.query('page_token') || undefined
  const { items, nextPageToken } = await auth.organizations.all().list().page({ pageSize: 20, pageToken })
  const page = customersPage({ session, customers: items, pageToken, nextPageToken, ...outcome })
  return c.html(page, outcome.typed ? 400 : 200)
}

function formOf(c) {
  return c.req.parseBody({ all: true })
}
