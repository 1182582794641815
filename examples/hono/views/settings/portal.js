import { html } from 'hono/html'
import { settingsPage } from './frame.js'

const names = { sso: 'single sign-on', dir_sync: 'directory sync' }

/** Without scripts the frame stays empty, and the form leads to the same portal. */
export function portalPage({ session, features, environment }) {
  const text = features.map((feature) => names[feature]).join(' and ')
  const body =
    features.length === 0
      ? html`<p class="soft">Nothing that is set up there is switched on for your organization.</p>`
      : html`<p class="soft">Set up ${text} for your organization.</p>
<p class="news" role="status"></p>
<scalekit-admin-portal src="/auth/admin-portal" features="${features.join(' ')}" environment="${environment}"></scalekit-admin-portal>
<form method="post" action="/auth/admin-portal">
${features.map((feature) => html`<input type="hidden" name="features" value="${feature}">`)}
<button>Open it on a page of its own</button>
</form>`
  return settingsPage({ title: 'Admin portal', path: '/settings/portal', session, script: '/portal.js' }, body)
}
