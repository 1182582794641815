import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEndSessionUrl } from './end-session-request.js'
import { scalekitEndpoints } from './endpoints.js'
import { clientId, issuer } from './test/test-issuer.js'

const endpoints = scalekitEndpoints(issuer)
const request = { idTokenHint: 'a.b.c', clientId, postLogoutRedirectUri: 'https://app.example/', state: 's' }
const parametersOf = (url: URL) => Object.fromEntries(url.searchParams)

describe('createEndSessionUrl', () => {
  it('names the session by its ID token, which positional arguments of the vendor SDK would lose', () => {
    const url = createEndSessionUrl(endpoints, request)
    expect(url.origin + url.pathname).toBe('https://auth.example/oidc/logout')
    expect(parametersOf(url)).toEqual({
      id_token_hint: 'a.b.c',
      post_logout_redirect_uri: 'https://app.example/',
      state: 's',
    })
  })

  it('leaves out what is not given', () => {
    expect(parametersOf(createEndSessionUrl(endpoints, { idTokenHint: 'a.b.c', clientId }))).toEqual({
      id_token_hint: 'a.b.c',
    })
  })

  it('keeps the query of the endpoint', () => {
    const url = createEndSessionUrl({ endSession: `${issuer}/logout?tenant=1` }, request)
    expect(url.searchParams.get('tenant')).toBe('1')
  })

  it('SEC-202 names the client where there is no hint', () => {
    const { idTokenHint: _none, ...withoutHint } = request
    expect(parametersOf(createEndSessionUrl(endpoints, withoutHint))).toEqual({
      client_id: clientId,
      post_logout_redirect_uri: 'https://app.example/',
      state: 's',
    })
  })

  it('SEC-202 names the client where the hint would make the address longer than 8 KB', () => {
    const rest = createEndSessionUrl(endpoints, { ...request, idTokenHint: '' }).href.length
    const fitting = createEndSessionUrl(endpoints, { ...request, idTokenHint: 'x'.repeat(8192 - rest) })
    expect(fitting.href.length).toBe(8192)
    expect(fitting.searchParams.has('id_token_hint')).toBe(true)
    const url = createEndSessionUrl(endpoints, { ...request, idTokenHint: 'x'.repeat(8193 - rest) })
    expect(parametersOf(url)).toEqual({
      client_id: clientId,
      post_logout_redirect_uri: 'https://app.example/',
      state: 's',
    })
  })

  it('F19 carries exactly the parameters it was given, whatever their values', () => {
    const value = fc.string({ unit: 'binary', maxLength: 100 })
    fc.assert(
      fc.property(value, value, value, (idTokenHint, postLogoutRedirectUri, state) => {
        const url = createEndSessionUrl(endpoints, { idTokenHint, clientId, postLogoutRedirectUri, state })
        expect(parametersOf(new URL(url.href))).toEqual({
          id_token_hint: idTokenHint,
          post_logout_redirect_uri: postLogoutRedirectUri,
          state,
        })
      }),
    )
  })
})
