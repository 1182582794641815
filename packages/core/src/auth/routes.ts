import { urlUnder } from '../http/base-url.js'
import { backchannelLogoutRoute } from '../routes/backchannel-logout.js'
import { callbackRoute } from '../routes/callback.js'
import { forbiddenRoute } from '../routes/forbidden.js'
import { loginRoute } from '../routes/login.js'
import { logoutRoute } from '../routes/logout.js'
import { refreshRoute } from '../routes/refresh.js'
import type { Route } from '../routes/route.js'
import { sessionRoute } from '../routes/session.js'
import { switchOrganizationRoute } from '../routes/switch-organization.js'
import { webhooksRoute } from '../routes/webhooks.js'
import { widgetsRoute } from '../routes/widgets.js'
import type { Services } from './services.js'

/** Path of the app → route: everything the kit answers. */
export function createRoutes(services: Services): ReadonlyMap<string, Route> {
  const { paths, logoutToken, webhooks } = services.options
  const { shared } = services
  const webhookRoute = urlUnder(services.base, paths.webhooks)
  return new Map([
    [paths.login, loginRoute(services)],
    [paths.callback, callbackRoute(services)],
    [paths.refresh, refreshRoute(services)],
    [paths.logout, logoutRoute(services)],
    [
      paths.backchannelLogout,
      backchannelLogoutRoute({
        ...services,
        rules: logoutToken,
        carriedOut: shared.usedOnce('logout-token'),
        isHeardEverywhere: shared.isHeardEverywhere,
      }),
    ],
    [paths.session, sessionRoute(services)],
    [paths.widgets, widgetsRoute({ ...services, issuer: services.options.issuer })],
    [paths.forbidden, forbiddenRoute(services)],
    [paths.switchOrganization, switchOrganizationRoute(services)],
    // Without a secret nobody could be believed.
    ...(webhooks.secrets.length === 0
      ? []
      : [
          [
            paths.webhooks,
            webhooksRoute({
              ...services,
              route: webhookRoute,
              deliveries: shared.deliveries(webhookRoute),
              steps: shared.usedOnce('webhook-step'),
            }),
          ] as const,
        ]),
  ])
}
