import { describe, expect, it } from 'vitest'
import { scalekitEndpoints } from './endpoints.js'

describe('scalekitEndpoints', () => {
  it.each([
    ['an environment', 'https://acme.scalekit.dev', 'https://acme.scalekit.dev'],
    [
      'a slash at the end, which the vendor SDK would double',
      'https://acme.scalekit.dev/',
      'https://acme.scalekit.dev',
    ],
    ['a port, as self-hosted and emulated ones have', 'http://localhost:8080', 'http://localhost:8080'],
  ])('gives the documented paths for %s', (_label, issuer, base) => {
    expect(scalekitEndpoints(issuer)).toEqual({
      authorization: `${base}/oauth/authorize`,
      token: `${base}/oauth/token`,
      keys: `${base}/keys`,
      endSession: `${base}/oidc/logout`,
      revocation: `${base}/revoke`,
      issParameterSupported: false,
    })
  })
})
