import { avatar } from './avatar.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import { assetPaths, errorMessage, layout } from './layout.js'
import { domainsSection } from './portal-domains.js'
import type { PortalFrame, PortalPage } from './portal-models.js'
import { scimSection } from './portal-scim.js'
import { ssoSection } from './portal-sso.js'

const titles = { sso: 'Single sign-on', scim: 'Directory sync', domains: 'Domains' } as const

/** The admin portal, as an app frames it. Every form works without scripts; the script only talks to the app. */
export function renderPortal(page: PortalPage): string {
  const { organization, open, base } = page
  const body = html`${frameData(page.frame)}
<div id="portal-desk" class="desk">
<header class="portal">
<div class="as">${avatar(organization.id, organization.name)} <span class="who"><b>${organization.name}</b> <small>Admin portal</small></span></div>
<p class="hint">Session until <time datetime="${page.expiresAt}">${page.expiresAt.slice(0, 16).replace('T', ' ')} UTC</time></p>
</header>
<nav class="tabs" aria-label="Settings"><ul>
${page.sections.map((section) => tab(section, open, base))}
</ul></nav>
${errorMessage(page.error)}
${page.notice === undefined ? undefined : html`<p class="notice" role="status">${page.notice}</p>`}
${content(page)}
</div>
<section id="portal-over" class="sheet" hidden><h2>${overTitle}</h2>${overText}</section>`
  return layout({ title: 'Admin portal', shape: 'page', body, script: assetPaths.portalScript, framed: true })
}

/** A link that was opened before, or too late, or a session that is over: they look the same. */
export function renderPortalOver(frame: PortalFrame): string {
  const body = html`${frameData(frame)}
<section class="sheet"><p class="eyebrow">410 <code>SESSION_EXPIRED</code></p><h1>${overTitle}</h1>${overText}</section>`
  return layout({ title: 'Admin portal', shape: 'card', body, script: assetPaths.portalScript, framed: true })
}

const overTitle = 'This admin portal is closed'
const overText = html`<p>A link opens once, within a minute; the session that it begins ends after six hours. Reload the settings page of your app for a new one.</p>`

function tab(section: keyof typeof titles, open: PortalPage['open'], base: string): Html {
  const current = section === open ? html` aria-current="page"` : undefined
  return html`<li><a href="${href(`${base}/${section}`)}"${current}>${titles[section]}</a></li>`
}

function content({ sso, scim, domains, base, sections }: PortalPage): Html {
  if (sso !== undefined) return ssoSection(sso, `${base}/sso`)
  if (scim !== undefined) return scimSection(scim, `${base}/scim`)
  if (domains !== undefined) return domainsSection(domains, `${base}/domains`)
  const text =
    sections.length === 0
      ? 'No setting is open to you: the link names none, and none is on.'
      : 'There is no such setting here.'
  return html`<section class="sheet"><h1>Nothing to set up</h1><p>${text}</p></section>`
}

/** For the script. Data in attributes is text, whatever it holds. */
function frameData({ origins, messages, pollPath }: PortalFrame): Html {
  return html`<div id="portal-frame" hidden data-origins="${JSON.stringify(origins)}" data-messages="${JSON.stringify(messages)}" data-poll="${pollPath ?? ''}"></div>`
}
