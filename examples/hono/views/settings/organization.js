import { html } from 'hono/html'
import { settingsPage } from './frame.js'

const path = '/settings/organization'

const featureNames = {
  sso: 'Single sign-on',
  dir_sync: 'Directory sync',
  domain_verification: 'Domain verification',
  session_policy: 'Session policy',
}

/** The session's organization, and forms for those who may change it. */
export function organizationPage({ session, profile, features, policy }) {
  const body = html`<dl class="card facts">
<div><dt>Name</dt><dd>${profile.displayName}</dd></div>
<div><dt>Id</dt><dd><code>${profile.id}</code></dd></div>
${profile.externalId && html`<div><dt>Id in this app</dt><dd><code>${profile.externalId}</code></dd></div>`}
<div><dt>Switched on</dt><dd>${features.length === 0 ? 'nothing' : features.map((name) => html`<span class="badge">${featureNames[name] ?? name}</span> `)}</dd></div>
</dl>
${session.permissions.includes('sk_org_settings_manage') ? renameForm(profile) : html`<p class="soft">Your role may look at this, not change it.</p>`}
${policy && policyForm(policy)}`
  return settingsPage({ title: 'Organization', path, session }, body)
}

function renameForm({ displayName }) {
  return html`<form class="card inline" method="post" action="/auth/organization">
<input type="hidden" name="return_to" value="${path}">
<label for="display_name">Name</label>
<input id="display_name" name="display_name" value="${displayName}" required maxlength="200" autocomplete="organization">
<button class="primary">Rename</button>
</form>`
}

/** Scalekit answers in minutes, so that is what the form speaks. */
function policyForm(policy) {
  const isOwn = policy.policySource === 'CUSTOM'
  const { absoluteSessionTimeout = 1440, idleSessionTimeout = 120, idleSessionTimeoutEnabled = false } = policy
  return html`<form class="card fields" method="post" action="/auth/session-policy">
<h2>Session policy</h2>
<input type="hidden" name="return_to" value="${path}">
<fieldset>
<legend>How long people stay signed in</legend>
<label><input type="radio" name="policy_source" value="APPLICATION"${!isOwn && html` checked`}> As in every organization</label>
<label><input type="radio" name="policy_source" value="CUSTOM"${isOwn && html` checked`}> As set here</label>
</fieldset>
<div class="columns">
<label>Minutes at the most <input type="number" name="absolute_session_timeout" value="${absoluteSessionTimeout}" min="6" required></label>
<label>Ends when nothing is done <select name="idle_session_timeout_enabled">
<option value="false">no</option>
<option value="true"${idleSessionTimeoutEnabled && html` selected`}>yes, after</option>
</select></label>
<label>Minutes without activity <input type="number" name="idle_session_timeout" value="${idleSessionTimeout}" min="6"></label>
</div>
<p><button class="primary">Save</button></p>
</form>`
}
