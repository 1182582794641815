import { describe, expect, it } from 'vitest'
import type { PortalEvent } from './portal-event.js'
import { isSessionEnd, readPortalMessage } from './portal-message.js'

const acme = 'org_acme'

/** As in Scalekit's reference of UI events. */
const enabled = {
  event_type: 'ORGANIZATION_SSO_ENABLED',
  object: 'connection',
  organization_id: acme,
  message: 'Single sign-on connection enabled',
  data: { connection_type: 'SSO', id: 'conn_1', type: 'OIDC', provider: 'OKTA', enabled: true },
}

describe('readPortalMessage', () => {
  it('reads a documented event', () => {
    expect(readPortalMessage(enabled, acme)).toEqual({
      type: 'ORGANIZATION_SSO_ENABLED',
      object: 'connection',
      organizationId: acme,
      message: 'Single sign-on connection enabled',
      data: enabled.data,
    })
  })

  it.each([
    'ORGANIZATION_SSO_DISABLED',
    'ORGANIZATION_DIRECTORY_ENABLED',
    'ORGANIZATION_DIRECTORY_DISABLED',
    'PORTAL_LOAD_SUCCESS',
    'PORTAL_LOAD_FAILURE',
    'PORTAL_SESSION_WARNING',
    'PORTAL_SESSION_EXPIRY',
    'SSO_CONFIGURED',
    'SESSION_EXPIRED',
  ])('knows %s, under both names of the field', (type) => {
    expect(readPortalMessage({ event_type: type }, acme)?.type).toBe(type)
    expect(readPortalMessage({ type }, acme)?.type).toBe(type)
  })

  it('believes `event_type` where both are there', () => {
    expect(readPortalMessage({ event_type: 'PORTAL_LOAD_SUCCESS', type: 'SESSION_EXPIRED' }, acme)?.type).toBe(
      'PORTAL_LOAD_SUCCESS',
    )
    expect(readPortalMessage({ event_type: 7, type: 'SESSION_EXPIRED' }, acme)).toBeUndefined()
  })

  it('SEC-318 passes an event that nobody documented on as unknown', () => {
    const message = { event_type: 'ORGANIZATION_DOMAIN_VERIFIED', data: { domain: 'acme.test', tries: 2, nested: {} } }
    expect(readPortalMessage(message, acme)).toMatchObject({
      type: 'unknown',
      name: 'ORGANIZATION_DOMAIN_VERIFIED',
      data: { domain: 'acme.test', tries: 2 },
    })
    expect(readPortalMessage(message, acme)?.data).not.toHaveProperty('nested')
  })

  const long = 'x'.repeat(2049)
  const wide = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`field${index}`, 1]))
  it.each([
    ['a string', JSON.stringify(enabled)],
    ['null', null],
    ['undefined', undefined],
    ['a number', 7],
    ['a list', [enabled]],
    ['an empty object', {}],
    ['a type that is an object', { event_type: { toString: () => 'PORTAL_LOAD_SUCCESS' } }],
    ['a type that is a page', { event_type: '<img src=x onerror=alert(1)>' }],
    ['a type that is empty', { event_type: '' }],
    ['a type that is very long', { event_type: 'A'.repeat(101) }],
    ['a type that is inherited', Object.create({ event_type: 'PORTAL_LOAD_SUCCESS' })],
    ['a long text', { ...enabled, message: long }],
    ['a long text in its data', { ...enabled, data: { id: long } }],
    ['very many fields', { ...enabled, ...wide }],
    ['very many fields in its data', { ...enabled, data: wide }],
    ['data that is a string', { ...enabled, data: 'conn_1' }],
    ['data that is a list', { ...enabled, data: ['conn_1'] }],
    ['another organization', { ...enabled, organization_id: 'org_other' }],
    ['an organization that is a list', { ...enabled, organization_id: [acme] }],
  ])('SEC-318 drops %s', (_, message) => {
    expect(readPortalMessage(message, acme)).toBeUndefined()
  })

  it('SEC-318 takes any organization where the server named none, and none where the portal names none', () => {
    expect(readPortalMessage({ ...enabled, organization_id: 'org_other' }, undefined)?.organizationId).toBe('org_other')
    expect(readPortalMessage({ event_type: 'PORTAL_LOAD_FAILURE' }, acme)?.organizationId).toBeUndefined()
    expect(readPortalMessage({ ...enabled, organization_id: null }, acme)?.organizationId).toBeUndefined()
  })

  it('SEC-318 takes no key over that means something to objects', () => {
    const message = JSON.parse(
      '{"event_type":"X","__proto__":{"a":1},"data":{"__proto__":"p","constructor":"c","toString":"t","ok":"y"}}',
    ) as unknown
    const event = readPortalMessage(message, acme)
    expect(Object.keys(event?.data ?? {})).toEqual(['ok'])
    expect(Object.getPrototypeOf(event?.data)).toBe(Object.prototype)
    expect(({} as { a?: number }).a).toBeUndefined()
    expect(readPortalMessage({ event_type: 'constructor' }, acme)?.type).toBe('unknown')
    expect(readPortalMessage({ event_type: '__proto__' }, acme)?.type).toBe('unknown')
  })

  it('SEC-318 keeps fields of documented events only in the type that is documented', () => {
    const data = { id: 7, provider: true, enabled: 'yes', type: 'SAML' }
    expect(readPortalMessage({ ...enabled, data }, acme)?.data).toEqual({ type: 'SAML' })
  })

  it('leaves text as text', () => {
    const message = '<img src=x onerror=alert(1)>'
    expect(readPortalMessage({ ...enabled, message }, acme)?.message).toBe(message)
  })
})

describe('isSessionEnd', () => {
  it.each([
    [{ event_type: 'PORTAL_SESSION_EXPIRY' }, true],
    [{ type: 'SESSION_EXPIRED' }, true],
    [{ event_type: 'PORTAL_LOAD_FAILURE', data: { error_code: 'SESSION_EXPIRED' } }, true],
    [{ event_type: 'PORTAL_LOAD_FAILURE', data: { error_code: 'INTERNAL' } }, false],
    [{ event_type: 'PORTAL_LOAD_FAILURE' }, false],
    [{ event_type: 'PORTAL_SESSION_WARNING' }, false],
    [{ event_type: 'SOMETHING', data: { error_code: 'SESSION_EXPIRED' } }, false],
  ])('%o: %s', (message, expected) => {
    expect(isSessionEnd(readPortalMessage(message, undefined) as PortalEvent)).toBe(expected)
  })
})
