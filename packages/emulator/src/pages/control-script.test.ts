import { setTimeout as delay } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { controlScript } from './control-script.js'

interface Field {
  readonly name: string
  readonly value: string
  readonly type?: string
  readonly checked?: boolean
  readonly dataset: Readonly<Record<string, string>>
  readonly tagName?: string
}

const field = (
  name: string,
  value: string,
  dataset: Record<string, string> = {},
  rest: Partial<Field> = {},
): Field => ({
  name,
  value,
  dataset,
  ...rest,
})

const box = (name: string, value: string, type: 'list' | 'boolean', checked: boolean): Field =>
  field(name, value, { type }, { type: 'checkbox', checked })

/** Runs the script in a page that has one form, submits the form, and says what happened. */
async function submit(input: {
  readonly request: string
  readonly fields: readonly Field[]
  readonly submitter?: Field
  readonly confirm?: { readonly text: string; readonly answer: boolean }
  readonly status?: number
  readonly presses?: number
}) {
  const statusLine = { textContent: '', dataset: {} as Record<string, string> }
  const listeners: Record<string, (event: object) => void> = {}
  const calls: { path: string; method: string; headers: object; body: unknown }[] = []
  const seen = { resets: 0, reloads: 0, asked: [] as string[] }
  const form = {
    dataset: { request: input.request, ...(input.confirm && { confirm: input.confirm.text }) },
    elements: input.fields,
    reset: () => {
      seen.resets += 1
    },
  }
  runInNewContext(controlScript, {
    document: {
      activeElement: null,
      getElementById: () => statusLine,
      querySelectorAll: () => [],
      addEventListener: (type: string, listener: (event: object) => void) => {
        listeners[type] = listener
      },
    },
    sessionStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    location: {
      reload: () => {
        seen.reloads += 1
      },
    },
    confirm: (text: string) => seen.asked.push(text) > 0 && input.confirm?.answer,
    fetch: async (path: string, init: { method: string; headers: object; body: string }) => {
      calls.push({ path, ...init, body: JSON.parse(init.body) })
      return new Response('<b>no</b>', { status: input.status ?? 200 })
    },
  })
  const event = { target: form, submitter: input.submitter, preventDefault: () => undefined }
  for (let press = 0; press < (input.presses ?? 1); press += 1) listeners.submit?.(event)
  await delay(0)
  return { ...seen, calls, status: statusLine.textContent, state: statusLine.dataset.state }
}

describe('controlScript', () => {
  it.each<[label: string, fields: readonly Field[], submitter: Field | undefined, body: object]>([
    ['nothing', [], undefined, {}],
    ['text', [field('kind', 'drop')], undefined, { kind: 'drop' }],
    ['a number', [field('times', '0', { type: 'number' })], undefined, { times: 0 }],
    ['no empty number', [field('delay', '', { type: 'number' })], undefined, {}],
    ['true', [box('sso', 'on', 'boolean', true)], undefined, { sso: true }],
    ['false', [box('sso', 'on', 'boolean', false)], undefined, { sso: false }],
    ['a list', [box('roles', 'a', 'list', true), box('roles', 'b', 'list', false)], undefined, { roles: ['a'] }],
    ['an empty list', [box('roles', 'a', 'list', false)], undefined, { roles: [] }],
    ['a nested name', [box('logoutToken.sid', 'on', 'boolean', false)], undefined, { logoutToken: { sid: false } }],
    ['null for nothing', [field('typ', ' ', { type: 'nullable', empty: 'none' })], undefined, { typ: null }],
    ['null for its word', [field('typ', 'none', { type: 'nullable', empty: 'none' })], undefined, { typ: null }],
    ['what may be null', [field('typ', 'x y', { type: 'nullable', empty: 'none' })], undefined, { typ: 'x y' }],
    ['words', [field('aud', ' a  b ', { type: 'words', empty: 'client id' })], undefined, { aud: ['a', 'b'] }],
    ['no words', [field('aud', 'client id', { type: 'words', empty: 'client id' })], undefined, { aud: null }],
    ['the pressed button', [], field('advance', '-300', { type: 'number' }), { advance: -300 }],
    ['a button that says false', [], field('notify', 'false', { type: 'boolean' }), { notify: false }],
    ['no other button', [field('keep', 'old', {}, { tagName: 'BUTTON' })], field('keep', 'none'), { keep: 'none' }],
  ])('sends %s', async (_, fields, submitter, body) => {
    const { calls, reloads } = await submit({ request: 'PUT /_emulator/x', fields, ...(submitter && { submitter }) })
    expect(calls).toEqual([
      { path: '/_emulator/x', method: 'PUT', headers: { 'content-type': 'application/json' }, body },
    ])
    expect(reloads).toBe(1)
  })

  it('says what was refused and puts the fields back', async () => {
    const refused = await submit({ request: 'PUT /_emulator/x', fields: [], status: 400 })
    expect(refused).toMatchObject({ reloads: 0, resets: 1, state: 'failed', status: 'PUT /_emulator/x: 400 <b>no</b>' })
  })

  it.each([
    ['sends after a yes', true, 1],
    ['sends nothing after a no', false, 0],
  ])('%s', async (_, answer, sent) => {
    const { calls, asked } = await submit({
      request: 'POST /_emulator/reset',
      fields: [],
      confirm: { text: 'Sure?', answer },
    })
    expect(asked).toEqual(['Sure?'])
    expect(calls).toHaveLength(sent)
  })

  it('sends once when Enter fires both change and submit', async () => {
    const { calls } = await submit({ request: 'PATCH /_emulator/settings', fields: [], presses: 2 })
    expect(calls).toHaveLength(1)
  })

  it('SEC-374 writes text only, never markup', () => {
    expect(controlScript).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/)
  })
})
