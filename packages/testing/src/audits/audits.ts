import type { Audit } from './audit.js'
import { addresses } from './list/addresses.js'
import { backchannelLogout } from './list/backchannel-logout.js'
import { caching } from './list/caching.js'
import { cookies } from './list/cookies.js'
import { errors } from './list/errors.js'
import { guards } from './list/guards.js'
import { login } from './list/login.js'
import { logout } from './list/logout.js'
import { outages } from './list/outages.js'
import { pages } from './list/pages.js'
import { refresh } from './list/refresh.js'
import { returnTo } from './list/return-to.js'
import { routes } from './list/routes.js'
import { addressSpellings } from './list/spellings.js'

/** What an adapter has to do, by theme. */
export const auditsByTheme: Readonly<Record<string, readonly Audit[]>> = {
  'The kit’s routes': routes,
  Login: login,
  'Return targets': returnTo,
  Cookies: cookies,
  Guards: guards,
  'Pages, actions and side doors': pages,
  'Spellings of addresses': addressSpellings,
  Refresh: refresh,
  'Outages and refusals of the provider': outages,
  Logout: logout,
  'Back-channel logout': backchannelLogout,
  Caching: caching,
  'Addresses and prefixes': addresses,
  Errors: errors,
}

/** The whole list, in the order in which it is best run. */
export const audits: readonly Audit[] = Object.values(auditsByTheme).flat()
