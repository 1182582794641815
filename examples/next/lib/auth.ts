import { scalegate } from '@scalegate/next'
import { adminPortal } from '@scalegate/plugins/admin-portal'
import { directory } from '@scalegate/plugins/directory'
import { members } from '@scalegate/plugins/members'
import { organizations } from '@scalegate/plugins/organizations'
import { sessions } from '@scalegate/plugins/sessions'
import { sso } from '@scalegate/plugins/sso'
import { authOptions } from './auth-options'
import { directoryUsers } from './directory-users'
import { forgetLogin, saveLogin } from './users'
import { rememberEvent } from './workspaces'

declare module '@scalegate/next' {
  interface Register {
    permissions: 'projects:create' | 'projects:read' | 'projects:delete'
  }
}

/** Who access tokens for the JSON API must be for (`aud`). */
export const audience = 'https://api.example.test'

/** Its configuration is read from the environment: SCALEKIT_*, COOKIE_ENCRYPTION_SECRET, APP_BASE_URL. */
export const auth = scalegate({
  ...authOptions,
  onLogin: ({ session }) => saveLogin(session),
  // Routes and helpers for the login page and the settings; directory sync feeds the table that logins feed too.
  plugins: [sso(), organizations(), members(), adminPortal(), directory({ users: directoryUsers }), sessions()],
  // The kit ends sessions by itself; this is what else the app does. Without SCALEKIT_WEBHOOK_SECRET there are none.
  webhooks: {
    on: {
      'user.organization_membership_deleted': async (event) => {
        await forgetLogin(event.data.organization.id, event.data.user.id)
        rememberEvent(event)
      },
    },
    onOther: rememberEvent,
  },
})
