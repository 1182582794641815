import { avatar } from './avatar.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import { layout } from './layout.js'
import type { Widget, WidgetsPage } from './models.js'

/** The hosted widgets: what this person may open, and, this being an emulator, why the rest is hidden. */
export function renderWidgets(page: WidgetsPage): string {
  const { person, organization, open } = page
  const shown = page.widgets.filter(({ access }) => access !== 'hidden')
  const hidden = page.widgets.filter(({ access }) => access === 'hidden')
  const body = html`<header class="portal">
<div class="as">${avatar(organization.id, organization.name)} <span class="who"><b>${organization.name}</b> <small>${organization.id}</small></span></div>
<div class="as">${avatar(person.id, person.name)} <span class="who"><b>${person.name}</b> <small>${person.email}</small></span>
<form method="post" action="${href(page.logoutAction)}"><button class="quiet">Log out</button></form></div>
</header>
<div class="columns">
<nav aria-label="Widgets">
<ul class="menu">${shown.map((widget) => entry(widget, open))}</ul>
${hidden.length === 0 ? undefined : hiddenWidgets(hidden)}
</nav>
${open === undefined ? start(page) : widgetSheet(open, page.facts)}
</div>`
  return layout({ title: open?.title ?? 'Widgets', shape: 'page', body })
}

function entry(widget: Widget, open: Widget | undefined): Html {
  const current = widget.id === open?.id ? html` aria-current="page"` : undefined
  return html`<li><a href="${href(widgetPath(widget))}"${current}><b>${widget.title}</b> <i class="tag">${widget.access}</i></a></li>`
}

/** A model may give the whole path or only what follows `/ui/`. */
function widgetPath({ path }: Widget): string {
  return path.startsWith('/') ? path : `/ui/${path}`
}

function hiddenWidgets(widgets: readonly Widget[]): Html {
  return html`<h2>Hidden from this person</h2>
<ul class="hidden">${widgets.map(({ title, reason }) => html`<li><b>${title}</b> <small>${reason}</small></li>`)}</ul>`
}

function start({ organization, facts }: WidgetsPage): Html {
  const roles = organization.roles.map((role) => html`<i class="tag">${role}</i>`)
  const features = organization.features.map((feature) => html`<i class="tag">${feature}</i>`)
  return html`<section class="sheet">
<p class="eyebrow">Hosted widgets</p>
<h1>${organization.name}</h1>
<p>A widget appears when a permission of the roles grants it and the feature it needs is on for the organization.</p>
<dl class="facts">
<div><dt>Roles</dt><dd>${roles.length === 0 ? 'none' : roles}</dd></div>
<div><dt>Features</dt><dd>${features.length === 0 ? 'none' : features}</dd></div>
${facts.map(fact)}
</dl>
</section>`
}

function widgetSheet(widget: Widget, facts: WidgetsPage['facts']): Html {
  return html`<section class="sheet">
<p><i class="tag strong">${widget.access}</i> <small>${widget.reason}</small></p>
<h1>${widget.title}</h1>
<p>${widget.description}</p>
${facts.length === 0 ? html`<p class="hint">Nothing to show.</p>` : html`<dl class="facts">${facts.map(fact)}</dl>`}
</section>`
}

function fact({ label, value }: WidgetsPage['facts'][number]): Html {
  return html`<div><dt>${label}</dt><dd>${value}</dd></div>`
}
