import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventBody } from '../test/webhook-sender.js'
import { parseWebhookEvent, textAt } from './webhook-event.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseWebhookEvent(bytes(text), { deliveryId: 'msg_1', sentAt: 1_800_000_000 })
const parseWith = (changes: Readonly<Record<string, unknown>>) => parse(eventBody('user.login', {}, changes))
const orderOf = (occurred_at: string) => parseWith({ occurred_at }).occurredAt.order
const subjectOf = (data: unknown, changes = {}) => parse(eventBody('some.type', data, changes)).subject

describe('parseWebhookEvent', () => {
  it('gives the envelope in camelCase and the data as sent', () => {
    const data = { user: { id: 'usr_1', last_login_time: null } }
    expect(parse(eventBody('user.login', data))).toMatchObject({
      event: {
        id: 'evt_1',
        deliveryId: 'msg_1',
        type: 'user.login',
        object: 'User',
        occurredAt: '2027-01-15T08:00:00.123456789Z',
        environmentId: 'env_1',
        organizationId: 'org_1',
        displayName: 'An Event',
        data,
      },
      occurredAt: { seconds: 1_800_000_000, order: '001800000000123456789' },
    })
  })

  it('reads the event of an older page', () => {
    const { event } = parse('{"id":"evt_1","type":"a.b","data":{},"timestamp":"2024-01-15T10:30:00Z"}')
    expect(event).toEqual({
      id: 'evt_1',
      deliveryId: 'msg_1',
      type: 'a.b',
      object: '',
      occurredAt: '2024-01-15T10:30:00Z',
      environmentId: '',
      data: {},
    })
  })

  it.each(['', 'null', '[]', '"x"', '1', 'true', '{', '\ufeff{}', '{} {}', '['.repeat(200_000)])(
    'SEC-266 refuses %.20j',
    (text) => {
      expect(() => parse(text)).toThrow('webhook_invalid')
    },
  )

  it('SEC-265 refuses bytes that are not UTF-8', () => {
    const sent = bytes(eventBody('user.login', { name: '?' })).map((byte) => (byte === 0x3f ? 0xff : byte))
    expect(() => parseWebhookEvent(sent, { deliveryId: 'msg_1', sentAt: 1_800_000_000 })).toThrow('webhook_invalid')
  })

  it.each([
    { id: undefined },
    { id: 1 },
    { id: '' },
    { type: undefined },
    { type: '' },
    { type: ['user.login'] },
    { type: { toString: 'user.login' } },
    { type: 'x'.repeat(129) },
    { occurred_at: undefined },
    { occurred_at: 1_800_000_000 },
    { occurred_at: 'yesterday' },
    { occurred_at: '2027-01-15' },
    { occurred_at: '2027-13-15T08:00:00Z' },
    { occurred_at: '2027-01-15T08:00:00' },
    { occurred_at: '1969-12-31T23:59:59Z' },
    { data: undefined },
    { data: null },
    { data: [] },
    { data: 'x' },
  ])('SEC-266 SEC-272 refuses %j', (changes) => {
    expect(() => parseWith(changes)).toThrow('webhook_invalid')
  })

  it('SEC-271 a type may have 128 characters', () => {
    expect(parseWith({ type: 'x'.repeat(128) }).event.type).toHaveLength(128)
  })

  it.each(['__proto__', 'constructor', 'toString'])('SEC-272 %s is a type like any other', (type) => {
    expect(parseWith({ type }).event.type).toBe(type)
  })

  it('SEC-266 `__proto__` is a member and no prototype, and of a name that comes twice the last one counts', () => {
    const text = eventBody('user.login').replace('"data":{}', '"data":{},"__proto__":{"type":"x"},"id":"evt_2"')
    const { event } = parse(text)
    expect([event.id, event.type, Object.getPrototypeOf(event)]).toEqual(['evt_2', 'user.login', Object.prototype])
    const polluting = parse(
      eventBody('user.login').replace('"data":{}', '"data":{"__proto__":{"user":{"id":"usr_1"}}}'),
    )
    expect(textAt(polluting.event.data, 'user', 'id')).toBeUndefined()
    expect(textAt(Object.create({ id: 'usr_1' }), 'id')).toBeUndefined()
  })

  it('ignores members of the wrong kind that may be absent', () => {
    const { event } = parseWith({ organization_id: null, display_name: 1, object: [], environment_id: {} })
    expect(event).not.toHaveProperty('organizationId')
    expect(event).not.toHaveProperty('displayName')
    expect([event.object, event.environmentId]).toEqual(['', ''])
  })

  it('SEC-278 orders instants to the nanosecond, in any zone and spelling', () => {
    const inOrder = [
      '2027-01-15T07:59:59.999999999Z',
      '2027-01-15T10:00:00+02:00',
      '2027-01-15t08:00:00.000000001z',
      '2027-01-15 08:00:00.123456788Z',
      '2027-01-15T08:00:00.123456789Z',
      '2027-01-15T08:00:00.2Z',
      '2027-01-15T08:00:01Z',
    ].map(orderOf)
    expect(inOrder.toSorted()).toEqual(inOrder)
    expect(new Set(inOrder).size).toBe(inOrder.length)
    expect(orderOf('2027-01-15T10:00:00.5+02:00')).toBe(orderOf('2027-01-15T08:00:00.500Z'))
  })

  it('SEC-278 text order is time order', () => {
    const instant = fc.record({
      second: fc.integer({ min: 0, max: 4_000_000_000 }),
      nano: fc.integer({ min: 0, max: 999_999_999 }),
    })
    const write = ({ second, nano }: { second: number; nano: number }) =>
      orderOf(`${new Date(second * 1000).toISOString().slice(0, 19)}.${String(nano).padStart(9, '0')}Z`)
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const earlier = a.second === b.second ? a.nano < b.nano : a.second < b.second
        expect(write(a) < write(b)).toBe(earlier)
      }),
    )
  })

  it('says what two events have in common', () => {
    const visit = (session: string) => ({ user: { id: 'usr_1' }, user_session: { session_id: session } })
    const member = (organization: string) => ({ user: { id: 'usr_1' }, organization: { id: organization } })
    expect(subjectOf(visit('ses_1'))).toBe(subjectOf(visit('ses_1'), { id: 'evt_2' }))
    const subjects = [
      visit('ses_1'),
      visit('ses_2'),
      member('org_1'),
      member('org_2'),
      { user: { id: 'usr_1' } },
      { id: 'usr_1' },
      {},
    ].map((data) => subjectOf(data))
    expect(
      new Set([...subjects, subjectOf({}, { id: 'evt_2' }), subjectOf({ id: 'usr_1' }, { object: 'X' })]).size,
    ).toBe(9)
  })
})
