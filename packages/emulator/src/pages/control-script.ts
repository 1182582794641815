/**
 * The script of the control page: turns each `form[data-request]` into one call of the JSON control API and reloads.
 *
 * - `data-request`: method and path. Fields become the JSON body, `a.b` as `{ a: { b } }`; the pressed button counts.
 * - `data-type`: `number` (left out when empty), `boolean`, `list` (the checked values), `nullable` and `words`
 *   (null when empty or equal to `data-empty`; else the text, or the list of its words).
 * - `data-send-on="change"`: sent as soon as a field changes. `data-confirm`: asks first.
 */
export const controlScript = `'use strict'
const statusLine = document.getElementById('status')
const kept = 'scalegate-emulator:control'
let busy = false

const announce = (text, state) => {
  statusLine.textContent = text
  statusLine.dataset.state = state
}

const read = (field) => {
  if (field.dataset.type === 'number') return Number(field.value)
  if (field.dataset.type === 'boolean') return field.type === 'checkbox' ? field.checked : field.value === 'true'
  if (!/nullable|words/.test(field.dataset.type)) return field.value
  const value = field.value.trim()
  if (value === '' || value === field.dataset.empty) return null
  return field.dataset.type === 'words' ? value.split(/\\s+/) : value
}

const nest = (name, value) => name.split('.').reduceRight((inner, key) => ({ [key]: inner }), value)

const bodyOf = (form, submitter) => {
  const fields = [...form.elements].filter((field) => field.name && field.tagName !== 'BUTTON')
  if (submitter?.name) fields.push(submitter)
  const entries = new Map()
  for (const field of fields) {
    if (field.dataset.type === 'number' && field.value === '') continue
    if (field.dataset.type !== 'list') entries.set(field.name, read(field))
    else entries.set(field.name, [...(entries.get(field.name) ?? []), ...(field.checked ? [field.value] : [])])
  }
  return Object.assign({}, ...[...entries].map(([name, value]) => nest(name, value)))
}

// The reload would otherwise drop the focus of somebody who works with the keyboard.
const placeOf = (field) => [field?.form?.dataset.request, field?.name, /submit|checkbox/.test(field?.type) ? field.value : ''].join(' ')

const reload = (text) => {
  const places = [...document.querySelectorAll('form[data-request] :is(input, select, button)')].map(placeOf)
  const focus = places.indexOf(placeOf(document.activeElement))
  sessionStorage.setItem(kept, JSON.stringify({ text, place: places[focus] }))
  location.reload()
}

const send = async (form, submitter) => {
  if (busy || (form.dataset.confirm && !confirm(form.dataset.confirm))) return
  busy = true
  const [method, path] = form.dataset.request.split(' ')
  announce(method + ' ' + path + ' …', 'busy')
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(form, submitter)),
    })
    if (!response.ok) throw new Error(response.status + ' ' + (await response.text()).slice(0, 300))
    reload(method + ' ' + path + ': done')
  } catch (error) {
    form.reset()
    announce(method + ' ' + path + ': ' + error.message, 'failed')
  } finally {
    busy = false
  }
}

document.addEventListener('submit', (event) => {
  if (!event.target.dataset.request) return
  event.preventDefault()
  void send(event.target, event.submitter)
})

document.addEventListener('change', (event) => {
  const form = event.target.form
  if (form?.dataset.sendOn === 'change') form.requestSubmit()
})

const left = JSON.parse(sessionStorage.getItem(kept) ?? 'null')
sessionStorage.removeItem(kept)
if (left) {
  announce(left.text, 'done')
  const fields = [...document.querySelectorAll('form[data-request] :is(input, select, button)')]
  fields.find((field) => placeOf(field) === left.place)?.focus({ preventScroll: true })
}
`
