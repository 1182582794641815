import { invitationTable, invitePanel } from './control-invitations.js'
import { clockPanel, faultsPanel, keysPanel, resetButton, settingsPanel } from './control-panels.js'
import { selfServePanel, selfServeTables } from './control-self-serve.js'
import { clients, deliveries, machines, members, organizations, requests, sessions } from './control-tables.js'
import { webhookDeliveries, webhooksPanel } from './control-webhooks.js'
import { html } from './html.js'
import { assetPaths, layout } from './layout.js'
import type { ControlPage } from './models.js'

/**
 * See and steer the whole emulator. Every form carries its call to the control API in `data-request`;
 * `controlScript` sends it and reloads.
 */
export function renderControl(page: ControlPage): string {
  const body = html`<header class="board-head">
<div><h1>Control panel</h1><p class="hint"><code>${page.environmentUrl}</code></p></div>
<div class="actions"><a class="button" href="/sso/portal">Identity-provider portal</a> <a class="button" href="/_emulator">Reload</a> ${resetButton()}</div>
</header>
<noscript><p class="error">The buttons on this page need JavaScript; everything they do is also in the JSON API under <code>/_emulator</code>.</p></noscript>
<p id="status" class="status" role="status"></p>
<div class="board-columns">
<div>
${requests(page)}
${sessions(page)}
${members(page)}
${organizations(page)}
${invitationTable(page)}
${selfServeTables(page)}
${deliveries(page)}
${webhooksPanel(page)}
${webhookDeliveries(page)}
${clients(page)}
${machines(page)}
</div>
<aside aria-label="Controls">
${clockPanel(page)}
${faultsPanel(page)}
${invitePanel(page)}
${selfServePanel(page)}
${keysPanel(page)}
${settingsPanel(page)}
</aside>
</div>`
  return layout({ title: 'Control panel', shape: 'board', body, script: assetPaths.controlScript })
}
