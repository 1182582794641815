import { href } from './href.js'
import { type Html, html } from './html.js'
import { textField } from './layout.js'
import { buttonForm, card, copyField, selectField, tag } from './portal-form.js'
import type { PortalDomains } from './portal-models.js'

type Domain = PortalDomains['domains'][number]

/** Domains: add one, publish its TXT record, have it looked up. */
export function domainsSection({ domains }: PortalDomains, base: string): Html {
  return html`<header class="section-head"><h1>Domains</h1>
<p class="hint">Whoever has an address of a verified domain signs in by the organization’s single sign-on, and can be managed by its directory.</p></header>
${domains.map((domain) => domainCard(domain, `${base}/${domain.id}`))}
<section class="sheet item" aria-labelledby="add-domain">
<h2 id="add-domain">Add a domain</h2>
<form method="post" action="${href(`${base}/add`)}">
${textField({ id: 'domain', name: 'domain', label: 'Domain', value: '', type: 'text', autocomplete: 'off', hint: 'For example acme.test; public mail domains are refused.' })}
<button class="primary">Add domain</button>
</form>
</section>`
}

function domainCard(domain: Domain, path: string): Html {
  const { id, name, status, method } = domain
  const isVerified = status === 'VERIFIED'
  return card({
    id,
    title: name,
    tags: [
      tag(status.toLowerCase(), isVerified),
      isVerified ? tag(method === 'DNS' ? 'by DNS' : 'by the app’s team') : undefined,
    ],
    content: status === 'PENDING' ? proof(domain, path) : undefined,
    actions: buttonForm(`${path}/delete`, 'Delete', 'danger'),
  })
}

/** DNS is emulated: the admin says what it would answer. */
function proof({ id, txtValue }: Domain, path: string): Html {
  const options = [
    { value: 'published', label: 'has the TXT record' },
    { value: 'missing', label: 'does not have it yet' },
  ]
  return html`<dl class="facts"><div><dt>Type</dt><dd>TXT</dd></div><div><dt>Name</dt><dd>@</dd></div><div><dt>TTL</dt><dd>500</dd></div></dl>
${copyField(`${id}-txt`, 'TXT record', txtValue, 'Publish it at the domain’s DNS provider.')}
<form class="inline" method="post" action="${href(`${path}/verify`)}">
${selectField({ id: `${id}-dns`, name: 'dns', label: 'The emulated DNS', options })}
<button>Verify now</button>
</form>`
}
