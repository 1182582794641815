import { permissionsFromApi, scalegate } from '@scalegate/next'
import { forgetMember, rememberEvent, rememberMember } from './workspaces'

declare module '@scalegate/next' {
  interface Register {
    permissions: 'projects:create' | 'projects:read' | 'projects:delete'
  }
}

/** Who access tokens for the JSON API must be for (`aud`). */
export const audience = 'https://api.example.test'

/** Its configuration is read from the environment: SCALEKIT_*, COOKIE_ENCRYPTION_SECRET, APP_BASE_URL. */
export const auth = scalegate({
  // Cookies ignore ports: apps on one host need names of their own.
  session: { cookieName: 'example-next' },
  // Scalekit does not document whether its own permissions are in the token; its REST API always knows them.
  permissions: process.env.EXAMPLE_PERMISSIONS === 'api' ? permissionsFromApi : 'token',
  onLogin: ({ session }) => rememberMember(session),
  // The kit ends sessions by itself; this is what else the app does. Without SCALEKIT_WEBHOOK_SECRET there are none.
  webhooks: { on: { 'user.organization_membership_deleted': forgetMember }, onOther: rememberEvent },
  // Redacted: codes and counts, no token, cookie or address.
  onEvent: (event) => {
    if (process.env.DEBUG) console.log(JSON.stringify(event))
  },
})
