import { href } from './href.js'
import { type Html, html } from './html.js'
import { textField } from './layout.js'
import { buttonForm, card, copyField, selectField, tag } from './portal-form.js'
import type { PortalSso } from './portal-models.js'

type Connection = PortalSso['connections'][number]

const statuses = { DRAFT: 'not configured', IN_PROGRESS: 'not tested', COMPLETED: 'ready' } as const
const protocols = [
  { value: 'OIDC', label: 'OpenID Connect' },
  { value: 'SAML', label: 'SAML 2.0' },
] as const

/** Single sign-on: choose a provider, copy the configuration over, test it, enable it. */
export function ssoSection({ providers, featureIsOn, domains, connections }: PortalSso, base: string): Html {
  return html`<header class="section-head"><h1>Single sign-on</h1>
<p class="hint">${domains.length === 0 ? 'The organization has no verified domain, so that nobody is sent here by an e-mail address.' : html`People with an address of ${domains.join(', ')} sign in by the connection that was enabled last.`}</p>
${featureIsOn ? undefined : html`<p class="error">Single sign-on is off for this organization, so that no login uses a connection.</p>`}</header>
${connections.map((connection) => connectionCard(connection, `${base}/${connection.id}`))}
<section class="sheet item" aria-labelledby="add-connection">
<h2 id="add-connection">Add a connection</h2>
<form method="post" action="${href(`${base}/add`)}">
<div class="pair">
${selectField({ id: 'provider', name: 'provider', label: 'Identity provider', options: providers })}
${selectField({ id: 'type', name: 'type', label: 'Protocol', options: protocols })}
</div>
<button class="primary">Add connection</button>
</form>
</section>`
}

function connectionCard(connection: Connection, path: string): Html {
  const { id, provider, type, status, enabled, isUsed } = connection
  const toggle = enabled ? buttonForm(`${path}/disable`, 'Disable') : buttonForm(`${path}/enable`, 'Enable', 'primary')
  return card({
    id,
    title: `${provider} by ${type}`,
    tags: [
      tag(enabled ? 'enabled' : 'disabled', enabled),
      tag(statuses[status], status === 'COMPLETED'),
      isUsed ? tag('used by logins', true) : undefined,
    ],
    content: html`<p class="hint"><code>${id}</code></p>
${configuration(connection, path)}
${status === 'DRAFT' ? undefined : testForm(id, path)}`,
    actions: [status === 'COMPLETED' ? toggle : undefined, buttonForm(`${path}/delete`, 'Delete', 'danger')],
  })
}

function configuration(connection: Connection, path: string): Html {
  const { id, type, redirectUri } = connection
  return html`<details${connection.status === 'COMPLETED' ? undefined : html` open`}><summary>Configuration</summary>
<form method="post" action="${href(`${path}/configure`)}">
${copyField(`${id}-redirect`, type === 'SAML' ? 'Assertion consumer URL' : 'Redirect URI', redirectUri, 'Register this at the identity provider.')}
${type === 'SAML' ? samlFields(connection) : oidcFields(connection)}
<button>Save configuration</button>
</form></details>`
}

function oidcFields({ id, issuer, clientId, hasClientSecret }: Connection): Html {
  const secretHint = hasClientSecret
    ? { hint: 'Leave it empty to keep the one of before.', optional: true as const }
    : {}
  return html`${textField({ id: `${id}-issuer`, name: 'issuer', label: 'Issuer', value: issuer, type: 'url', autocomplete: 'off' })}
<div class="pair">
${textField({ id: `${id}-client`, name: 'client_id', label: 'Client ID', value: clientId, type: 'text', autocomplete: 'off' })}
${textField({ id: `${id}-secret`, name: 'client_secret', label: 'Client secret', value: '', type: 'password', autocomplete: 'off', ...secretHint })}
</div>`
}

function samlFields({ id, metadataUrl }: Connection): Html {
  return textField({
    id: `${id}-metadata`,
    name: 'metadata_url',
    label: 'Metadata URL',
    value: metadataUrl,
    type: 'url',
    autocomplete: 'off',
  })
}

function testForm(id: string, path: string): Html {
  const options = [
    { value: 'success', label: 'signs me in' },
    { value: 'failure', label: 'refuses me' },
  ]
  return html`<form class="inline" method="post" action="${href(`${path}/test`)}">
${selectField({ id: `${id}-answer`, name: 'answer', label: 'The simulated identity provider', options })}
<button>Test connection</button>
</form>`
}
