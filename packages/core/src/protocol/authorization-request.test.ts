import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuthorizationSelectors,
  createAuthorizationUrl,
  reservedParameters,
  selectorsFromQuery,
} from './authorization-request.js'
import { scalekitEndpoints } from './endpoints.js'
import { clientId, issuer } from './test/test-issuer.js'

const read = (query: string, forward: string[] = []) => selectorsFromQuery(new URLSearchParams(query), forward)

/** The code and parameter of the refusal. */
function refusalOf(query: string, forward: string[] = []): unknown {
  try {
    return read(query, forward)
  } catch (error) {
    const { name, code, reason, status } = error as Record<string, unknown>
    return { name, code, reason, status }
  }
}

const refused = (reason: string) => ({ name: 'LoginError', code: 'request_invalid', reason, status: 400 })

describe('selectorsFromQuery', () => {
  it('reads the six selectors', () => {
    const query =
      'organization_id=org_1&connection_id=conn_1&domain=corp.example&login_hint=a%40b&provider=google&prompt=login'
    expect(read(query)).toEqual({
      selectors: {
        organizationId: 'org_1',
        connectionId: 'conn_1',
        domain: 'corp.example',
        loginHint: 'a@b',
        provider: 'google',
        prompt: 'login',
      },
      extra: {},
    })
  })

  it('SEC-006 leaves everything else behind', () => {
    const query = 'prompt=none&max_age=0&client_id=evil&redirect_uri=https://evil.example&scope=admin&return_to=/x'
    expect(read(query)).toEqual({ selectors: { prompt: 'none' }, extra: {} })
  })

  it('SEC-006 forwards what the app allows, and never one of our own parameters', () => {
    const everything = [...reservedParameters, 'prompt', 'organization_id', 'invitation', '__proto__']
    const query = new URLSearchParams(everything.map((name) => [name, 'evil']))
    const { selectors, extra } = selectorsFromQuery(query, everything)
    expect(selectors).toEqual({ organizationId: 'evil' })
    expect(Object.entries(extra)).toEqual([
      ['invitation', 'evil'],
      ['__proto__', 'evil'],
    ])
    expect(Object.getPrototypeOf(extra)).toBeNull()
  })

  it.each<[string, string, unknown]>([
    ['a line break', 'login_hint=%0d%0aSet-Cookie:a=b', {}],
    ['a NUL', 'organization_id=org_1%00&connection_id=conn_1', { connectionId: 'conn_1' }],
    ['a C1 control', 'domain=a%C2%85b', {}],
  ])('SEC-007 drops a parameter with %s', (_label, query, selectors) => {
    expect(read(query)).toEqual({ selectors, extra: {} })
    expect(read(`x=${query.split('=')[1]}`, ['x']).selectors).toEqual({})
  })

  it('SEC-007 drops a forwarded parameter with a control character', () => {
    expect(read('invitation=%0a', ['invitation'])).toEqual({ selectors: {}, extra: {} })
  })

  it.each([
    ['organization_id=a&organization_id=b', 'organization_id'],
    ['organization_id=a&organization_id=a', 'organization_id'],
    ['organization_id[]=a', 'organization_id'],
    ['prompt[0]=login&prompt=login', 'prompt'],
    ['invitation=1&invitation=2', 'invitation'],
    ['invitation%5B%5D=1', 'invitation'],
    ['login_hint=&login_hint=', 'login_hint'],
  ])('SEC-008 refuses %s', (query, name) => {
    expect(refusalOf(query, ['invitation'])).toEqual(refused(name))
  })

  it('SEC-008 does not mind duplicates of what it does not read', () => {
    expect(read('utm=1&utm=2&state=1&state=2&organization=1')).toEqual({ selectors: {}, extra: {} })
  })

  it('SEC-009 refuses over 512 characters', () => {
    expect(read(`login_hint=${'x'.repeat(512)}`).selectors.loginHint).toHaveLength(512)
    expect(refusalOf(`login_hint=${'x'.repeat(513)}`)).toEqual(refused('login_hint'))
    expect(refusalOf(`login_hint=${'x'.repeat(100_000)}`)).toEqual(refused('login_hint'))
    expect(refusalOf(`invitation=${'x'.repeat(513)}`, ['invitation'])).toEqual(refused('invitation'))
  })

  it.each(['login', 'create', 'select_account', 'consent', 'none'])('SEC-011 passes prompt=%s', (prompt) => {
    expect(read(`prompt=${prompt}`).selectors).toEqual({ prompt })
  })

  it.each([
    'prompt=signup',
    'prompt=LOGIN',
    'prompt=login none',
    'prompt=toString',
    'provider=evil',
    'provider=__proto__',
    'prompt=',
  ])('SEC-011 drops %s', (query) => {
    expect(read(query)).toEqual({ selectors: {}, extra: {} })
  })

  it.each(['google', 'microsoft', 'github', 'gitlab', 'linkedin', 'salesforce'])(
    'SEC-011 passes provider=%s',
    (provider) => {
      expect(read(`provider=${provider}`).selectors).toEqual({ provider })
    },
  )

  it('takes a parameter without a value for an absent one', () => {
    expect(read('organization_id=&invitation=', ['invitation'])).toEqual({ selectors: {}, extra: {} })
  })
})

const request = {
  clientId,
  redirectUri: 'https://app.example/auth/callback',
  scopes: ['openid', 'offline_access'],
  state: 'the-state',
  nonce: 'the-nonce',
  codeChallenge: 'the-challenge',
  selectors: {},
  extra: {},
}
const endpoints = scalekitEndpoints(issuer)

const own = {
  response_type: 'code',
  client_id: clientId,
  redirect_uri: 'https://app.example/auth/callback',
  scope: 'openid offline_access',
  state: 'the-state',
  nonce: 'the-nonce',
  code_challenge: 'the-challenge',
  code_challenge_method: 'S256',
}

describe('createAuthorizationUrl', () => {
  it('asks for a code with state, nonce and S256', () => {
    const url = createAuthorizationUrl(endpoints, request)
    expect(url.origin + url.pathname).toBe('https://auth.example/oauth/authorize')
    expect([...url.searchParams].sort()).toEqual(Object.entries(own).sort())
  })

  it('sends a domain under both of its names', () => {
    const { searchParams } = createAuthorizationUrl(endpoints, { ...request, selectors: { domain: 'corp.example' } })
    expect([searchParams.get('domain'), searchParams.get('domain_hint')]).toEqual(['corp.example', 'corp.example'])
  })

  it('keeps the query of the endpoint (RFC 6749 §3.1)', () => {
    const { searchParams } = createAuthorizationUrl({ authorization: `${issuer}/authorize?tenant=1` }, request)
    expect(searchParams.get('tenant')).toBe('1')
  })

  it('SEC-006 lets no extra parameter replace ours or a selector', () => {
    const names = [...reservedParameters, 'prompt', 'domain', 'organization_id']
    const extra = Object.fromEntries(names.map((name) => [name, 'evil']))
    const url = createAuthorizationUrl(endpoints, { ...request, selectors: { organizationId: 'org_1' }, extra })
    expect([...url.searchParams].sort()).toEqual(Object.entries({ ...own, organization_id: 'org_1' }).sort())
  })

  it('SEC-009 gives no address over 8 KB', () => {
    const long = (length: number) => ({ ...request, extra: { invitation: 'é'.repeat(length) } })
    expect(createAuthorizationUrl(endpoints, long(1200)).href.length).toBeLessThanOrEqual(8192)
    expect(() => createAuthorizationUrl(endpoints, long(1400))).toThrow(/^request_invalid/)
  })

  it('F19 carries exactly the parameters it was given, whatever their values', () => {
    const value = fc.string({ unit: 'binary', maxLength: 60 })
    const selectors = fc.record(
      { organizationId: value, connectionId: value, domain: value, loginHint: value, provider: value },
      { requiredKeys: [] },
    )
    const extra = fc.dictionary(
      fc.constantFrom('invitation', 'utm', 'a b', '&=', 'state', 'client_id', 'prompt'),
      value,
    )
    fc.assert(
      fc.property(
        fc.record({ state: value, nonce: value, redirectUri: value }),
        selectors,
        extra,
        (given, selectors, extra) => {
          const url = createAuthorizationUrl(endpoints, {
            ...request,
            ...given,
            selectors: selectors as AuthorizationSelectors,
            extra,
          })
          const allowed = Object.entries(extra).filter(([name]) => !['state', 'client_id', 'prompt'].includes(name))
          const expected = {
            ...own,
            state: given.state,
            nonce: given.nonce,
            redirect_uri: given.redirectUri,
            organization_id: selectors.organizationId,
            connection_id: selectors.connectionId,
            domain: selectors.domain,
            domain_hint: selectors.domain,
            login_hint: selectors.loginHint,
            provider: selectors.provider,
            ...Object.fromEntries(allowed),
          }
          const sent = Object.entries(expected).filter(([, value]) => value !== undefined)
          expect([...new URL(url.href).searchParams].sort()).toEqual(sent.sort())
          expect(url.origin + url.pathname + url.hash).toBe(endpoints.authorization)
        },
      ),
    )
  })
})
