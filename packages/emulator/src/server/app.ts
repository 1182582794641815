import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { controlRoutes } from '../control/routes.js'
import { Engine } from '../engine/engine.js'
import type { Environment } from '../environment.js'
import { grpcServer, type StreamHandler } from '../grpc/server.js'
import { portalRoutes } from '../initiate/portal.js'
import { initiateRoutes } from '../initiate/routes.js'
import { loginRoutes } from '../login/routes.js'
import { logoutRoutes } from '../logout/routes.js'
import { tokenRoutes } from '../oauth/routes.js'
import { adminPortalRoutes } from '../portal/routes.js'
import { restRoutes } from '../rest/routes.js'
import { scimRoutes } from '../scim/routes.js'
import { widgetRoutes } from '../widgets/routes.js'
import { front } from './front.js'
import { notEmulated, notice } from './notice.js'

/** The emulator by protocol: HTTP/1 for everybody, HTTP/2 for Scalekit's own SDK. */
export interface App {
  readonly http1: ReturnType<typeof front>
  readonly http2: StreamHandler
}

/** Puts the emulator together: the engine and everything that is ours, behind one front. */
export function createApp(environment: Environment): App {
  const engine = new Engine(environment)
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.route('/', controlRoutes(environment, engine))
  app.route('/', loginRoutes(environment, engine))
  app.route('/', initiateRoutes(environment))
  app.route('/', portalRoutes(environment))
  app.route('/', adminPortalRoutes(environment))
  app.route('/', logoutRoutes(environment))
  app.route('/', tokenRoutes(environment))
  // Its bearer tokens are no access tokens, so it goes before the management API.
  app.route('/', scimRoutes(environment))
  app.route('/', restRoutes(environment))
  app.route('/', widgetRoutes(environment))
  app.get('/', (c) => c.redirect('/_emulator', 302))
  app.notFound((c) => notEmulated(c.req.method, c.req.path))
  app.onError((error) => {
    const detail = `This is a bug of the emulator: ${error.message}`
    return notice({ status: 500, title: 'The emulator failed', code: 'server_error', detail })
  })
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return {
    http1: front(environment, engine, (request, response) => listener(request, response)),
    http2: grpcServer(environment, async (request) => app.fetch(request)),
  }
}
