import type { Audit } from './audit.js'
import { addresses } from './list/addresses.js'
import { backchannelLogout } from './list/backchannel-logout.js'
import { bearer } from './list/bearer.js'
import { caching } from './list/caching.js'
import { cookies } from './list/cookies.js'
import { errors } from './list/errors.js'
import { guards } from './list/guards.js'
import { handOver } from './list/hand-over.js'
import { idpInitiated } from './list/idp-initiated.js'
import { initiateLogin } from './list/initiate-login.js'
import { login } from './list/login.js'
import { logout } from './list/logout.js'
import { modularSso } from './list/modular-sso.js'
import { organizations } from './list/organizations.js'
import { outages } from './list/outages.js'
import { pages } from './list/pages.js'
import { recentAndFresh } from './list/recent-and-fresh.js'
import { refresh } from './list/refresh.js'
import { returnTo } from './list/return-to.js'
import { routes } from './list/routes.js'
import { severalKits } from './list/several-kits.js'
import { addressSpellings } from './list/spellings.js'
import { webhookBodies } from './list/webhook-bodies.js'
import { webhookSessions } from './list/webhook-sessions.js'
import { webhookSignatures } from './list/webhook-signatures.js'
import { webhooks } from './list/webhooks.js'

/** What an adapter has to do, by theme. */
export const auditsByTheme: Readonly<Record<string, readonly Audit[]>> = {
  'The kit’s routes': routes,
  Login: login,
  'Logins that begin elsewhere': [...initiateLogin, ...idpInitiated],
  'Return targets': returnTo,
  Cookies: cookies,
  Guards: guards,
  'Pages, actions and side doors': pages,
  'Spellings of addresses': addressSpellings,
  Organizations: organizations,
  'Recent logins and fresh sessions': recentAndFresh,
  'Access tokens': bearer,
  Refresh: refresh,
  'Outages and refusals of the provider': outages,
  Logout: logout,
  'Back-channel logout': backchannelLogout,
  Webhooks: [...webhookSignatures, ...webhooks, ...webhookBodies],
  'Webhooks that end sessions': webhookSessions,
  Caching: caching,
  'Addresses and prefixes': addresses,
  'Several kits and own paths': severalKits,
  'Modular SSO': modularSso,
  'Logins that are handed over': handOver,
  Errors: errors,
}

/** The whole list, in the order in which it is best run. */
export const audits: readonly Audit[] = Object.values(auditsByTheme).flat()
