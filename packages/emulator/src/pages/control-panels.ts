import { settingChoices } from '../settings.js'
import { endpoints, faultKinds } from '../state/faults.js'
import { type Html, html } from './html.js'
import type { ControlPage } from './models.js'

/** A box with a heading of its own. */
export function panel(id: string, title: string, content: Html): Html {
  return html`<section class="panel" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}
</section>`
}

export function resetButton(): Html {
  return html`<form data-request="POST /_emulator/reset" data-confirm="Back to the seed: sessions, members and settings made since then are lost.">
<button class="danger">Reset to seed</button></form>`
}

/** Steps of the clock, in seconds. */
const clockSteps: readonly { readonly label: string; readonly seconds: number }[] = [
  { label: '−1 h', seconds: -3600 },
  { label: '−5 min', seconds: -300 },
  { label: '+1 min', seconds: 60 },
  { label: '+5 min', seconds: 300 },
  { label: '+1 h', seconds: 3600 },
  { label: '+1 day', seconds: 86_400 },
]

export function clockPanel({ clock }: ControlPage): Html {
  const offset = clock.offset === 0 ? 'real time' : `${clock.offset > 0 ? '+' : '−'}${Math.abs(clock.offset)} s`
  return panel(
    'clock',
    'Clock',
    html`<p class="reading"><time datetime="${clock.now}">${clock.now.replace('T', ' ').replace(/\.\d+Z$/, 'Z')}</time> <i class="tag${clock.offset === 0 ? undefined : ' strong'}">${offset}</i></p>
<form class="buttons" data-request="PUT /_emulator/clock" aria-label="Move the clock">
${clockSteps.map(({ label, seconds }) => html`<button name="advance" value="${seconds}" data-type="number">${label}</button>`)}
<button name="offset" value="0" data-type="number">Real time</button>
</form>`,
  )
}

export function keysPanel({ keys }: ControlPage): Html {
  return panel(
    'keys',
    'Signing keys',
    html`<ul class="plain">${keys.map(({ kid, current }) => html`<li><code>${kid}</code>${current ? html` <i class="tag strong">signs</i>` : undefined}</li>`)}</ul>
<form class="buttons" data-request="POST /_emulator/keys/rotate" aria-label="Rotate the signing key">
<button name="keep" value="old">Rotate, keep old</button>
<button name="keep" value="none">Rotate, drop old</button>
</form>`,
  )
}

export function settingsPanel({ settings }: ControlPage): Html {
  return panel(
    'settings',
    'Settings',
    html`<div class="settings">${Object.entries(settings).map(([name, value], index) => setting(name, value, `setting-${index}`))}</div>`,
  )
}

/** Settings that may be null: the word that stands for it on the page, and whether the rest is a list of words. */
const unset: Readonly<Record<string, { readonly type: 'nullable' | 'words'; readonly empty: string }>> = {
  'logoutToken.typ': { type: 'nullable', empty: 'none' },
  accessTokenAudience: { type: 'words', empty: 'client id' },
}

function setting(name: string, value: string | number | boolean, id: string): Html {
  return html`<form class="setting" data-request="PATCH /_emulator/settings" data-send-on="change">
<label for="${id}">${breakable(name)}</label>
${settingInput(name, value, id)}
</form>`
}

/** A long name may go on in the next line before a capital or after a dot. */
function breakable(name: string): Html {
  return html`${name.split(/(?=[A-Z])|(?<=\.)/).map((part) => html`${part}<wbr>`)}`
}

function settingInput(name: string, value: string | number | boolean, id: string): Html {
  if (typeof value === 'boolean') {
    const checked = value ? html` checked` : undefined
    return html`<input id="${id}" name="${name}" type="checkbox" role="switch" data-type="boolean"${checked}>`
  }
  if (typeof value === 'number') {
    return html`<input id="${id}" name="${name}" type="number" step="any" value="${value}" data-type="number" required>`
  }
  const words = new Map<string, readonly string[]>(Object.entries(settingChoices)).get(name)
  if (words !== undefined) {
    const option = (word: string) => html`<option${word === value ? html` selected` : undefined}>${word}</option>`
    return html`<select id="${id}" name="${name}">${words.map(option)}</select>`
  }
  const { type, empty } = unset[name] ?? { type: 'text', empty: '' }
  return html`<input id="${id}" name="${name}" type="text" value="${value}" data-type="${type}" data-empty="${empty}" spellcheck="false" autocomplete="off">`
}

export function faultsPanel({ faults }: ControlPage): Html {
  const clear = html`<ul class="plain">${faults.map(waiting)}</ul>
<form class="buttons" data-request="DELETE /_emulator/faults"><button>Clear all faults</button></form>`
  return panel(
    'faults',
    'Faults',
    html`${faults.length === 0 ? html`<p class="hint">Everything answers as it should.</p>` : clear}
<form class="fault" data-request="POST /_emulator/faults" aria-label="Add a fault">
${choice('endpoint', 'Endpoint', endpoints)}
${choice('kind', 'Kind', faultKinds)}
${amount('status', 'Status', html`min="100" max="599"`)}
${amount('delay', 'Delay (s)', html`min="0" step="any"`)}
${amount('times', 'Times', html`min="0" value="1" title="0: until cleared"`)}
<button>Add fault</button>
</form>`,
  )
}

function waiting({ endpoint, kind, remaining }: ControlPage['faults'][number]): Html {
  const left = Number.isFinite(remaining) && remaining > 0 ? `${remaining} left` : 'until cleared'
  return html`<li><code>${endpoint}</code> ${kind} <i class="tag strong">${left}</i></li>`
}

function choice(name: string, label: string, values: readonly string[]): Html {
  return html`<div><label for="fault-${name}">${label}</label>
<select id="fault-${name}" name="${name}">${values.map((value) => html`<option>${value}</option>`)}</select></div>`
}

function amount(name: string, label: string, limits: Html): Html {
  return html`<div><label for="fault-${name}">${label}</label>
<input id="fault-${name}" name="${name}" type="number" data-type="number" ${limits}></div>`
}
