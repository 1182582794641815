import { features, plans } from '../../staff/customer.js'
import { html } from '../html.js'
import { layout } from '../layout.js'

/** The address of the customers, or of something below, which comes back to the same page of the list. */
export function addressOf(below, pageToken) {
  return `/staff/customers${below}${pageToken ? `?page_token=${encodeURIComponent(pageToken)}` : ''}`
}

/** The app's customers. `typed` is a form that could not be done, `portalLink` one to hand over. */
export function customersPage({ session, customers, pageToken, nextPageToken, typed, organization, portalLink }) {
  const body = html`<h1>Customers</h1>
<p class="soft">Every organization that uses this app. You see them because you administer the one that makes it.</p>
${portalLink && handOver(organization, portalLink)}
${setUpForm(pageToken, typed?.id ? {} : typed)}
<ul class="card rows">
${customers.map((customer) => row(customer, { session, pageToken, typed: typed?.id === customer.id ? typed : undefined }))}
</ul>
${nextPageToken && html`<p><a class="button" href="${addressOf('', nextPageToken)}">More customers</a></p>`}`
  return layout({ title: 'Customers', session, path: '/staff/customers' }, body)
}

/** The text of a field and no link: whoever follows it has used it up. */
function handOver({ displayName }, { location }) {
  return html`<section class="card fields" role="status">
<div class="columns"><label>Link into the admin portal of ${displayName} <input readonly value="${location}"></label></div>
<p class="soft">Send it to the customer's administrator now: it opens once, within a minute, and is not shown again.</p>
</section>`
}

function setUpForm(pageToken, { name, externalId, plan = plans[0], features = ['sso'], problem } = {}) {
  return html`<form class="card fields" method="post" action="${addressOf('', pageToken)}">
<h2>New customer</h2>
<div class="columns">
${nameField(name)}
<label>Id in this app <input name="external_id" value="${externalId}" required maxlength="64" autocomplete="off"></label>
${planField(plan)}
</div>
${featureFields(features)}
${problem && html`<p class="news" role="status">${problem}</p>`}
<p><button class="primary">Set up</button></p>
</form>`
}

function row(customer, { session, pageToken, typed }) {
  const { id, displayName, externalId, metadata, settings } = customer
  const on = (settings?.features ?? []).filter(({ enabled }) => enabled).map(({ name }) => name)
  const current = { name: displayName, plan: metadata?.plan ?? '', features: on }
  const { name, plan, features: chosen, problem } = typed ?? current
  return html`<li class="person"><span><b>${displayName}</b>${id === session.organizationId && html` <span class="badge">your own</span>`}
<span class="soft">${externalId && html`<code>${externalId}</code> `}${metadata?.plan}</span></span>
<span>${on.map((feature) => html`<span class="badge">${features[feature] ?? feature}</span> `)}</span>
<details${typed && html` open`}>
<summary aria-label="Change ${displayName}">Change</summary>
<form class="fields" method="post" action="${addressOf(`/${id}`, pageToken)}">
<div class="columns">${nameField(name)}${planField(plan)}</div>
${featureFields(chosen)}
${problem && html`<p class="news" role="status">${problem}</p>`}
<div class="actions">
<button>Save</button>
<button formaction="${addressOf(`/${id}/portal-link`, pageToken)}" formnovalidate>New portal link</button>
</div>
</form>
</details></li>`
}

function nameField(name) {
  return html`<label>Name <input name="name" value="${name}" required maxlength="200" autocomplete="off"></label>`
}

/** Also one that is not sold any more. */
function planField(chosen) {
  const offered = plans.includes(chosen) ? plans : [chosen, ...plans]
  return html`<label>Plan <select name="plan">
${offered.map((plan) => html`<option value="${plan}"${plan === chosen && html` selected`}>${plan || 'none'}</option>`)}
</select></label>`
}

function featureFields(chosen) {
  return html`<fieldset>
<legend>Features</legend>
${Object.entries(features).map(
  ([name, title]) =>
    html`<label><input type="checkbox" name="features" value="${name}"${chosen.includes(name) && html` checked`}> ${title}</label>`,
)}
</fieldset>`
}
