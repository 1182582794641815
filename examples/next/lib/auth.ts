import { permissionsFromApi, scalegate } from '@scalegate/next'
import { rememberMember } from './workspaces'

declare module '@scalegate/next' {
  interface Register {
    permissions: 'projects:create' | 'projects:read' | 'projects:delete'
  }
}

/** Its configuration is read from the environment: SCALEKIT_*, COOKIE_ENCRYPTION_SECRET, APP_BASE_URL. */
export const auth = scalegate({
  // Cookies ignore ports: apps on one host need names of their own.
  session: { cookieName: 'example-next' },
  // Scalekit does not document whether its own permissions are in the token; its REST API always knows them.
  permissions: process.env.EXAMPLE_PERMISSIONS === 'api' ? permissionsFromApi : 'token',
  onLogin: ({ session }) => rememberMember(session),
})
