import { permissionsFromApi, type ScalegateOptions } from '@scalegate/next'

/** What `auth` and the proxy have in common. */
export const authOptions: Pick<ScalegateOptions, 'session' | 'permissions' | 'onEvent'> = {
  // Cookies ignore ports: apps on one host need names of their own.
  session: { cookieName: 'example-next' },
  // Scalekit does not document whether its own permissions are in the token; its REST API always knows them.
  permissions: process.env.EXAMPLE_PERMISSIONS === 'api' ? permissionsFromApi : 'token',
  // Redacted: codes and counts, no token, cookie or address.
  onEvent: (event) => {
    if (process.env.DEBUG) console.log(JSON.stringify(event))
  },
}
