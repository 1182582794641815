import { permissionsFromApi, type ScalegateOptions } from '@scalegate/next'
import { redisStore } from '@scalegate/redis'
import { createClient } from 'redis'

/** What `auth` and the proxy have in common. */
export const authOptions: Pick<ScalegateOptions, 'session' | 'store' | 'permissions' | 'onEvent'> = {
  // Cookies ignore ports: apps on one host need names of their own.
  session: { cookieName: 'example-next' },
  // Several processes of this app share sessions and log-outs there. Without it the app is one process.
  store: process.env.REDIS_URL ? redisStore(createClient({ url: process.env.REDIS_URL })) : undefined,
  // Scalekit does not document whether its own permissions are in the token; its REST API always knows them.
  permissions: process.env.EXAMPLE_PERMISSIONS === 'api' ? permissionsFromApi : 'token',
  // Redacted: codes and counts, no token, cookie or address.
  onEvent: (event) => {
    if (process.env.DEBUG) console.log(JSON.stringify(event))
  },
}
