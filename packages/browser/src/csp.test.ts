import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdminPortalError, addAdminPortalToCsp, adminPortalCsp } from './csp.js'

const env = 'https://acme.scalekit.com'

describe('adminPortalCsp', () => {
  it('SEC-321 names the origin of the environment and nothing more', () => {
    expect(adminPortalCsp(`${env}/`)).toBe('frame-src https://acme.scalekit.com')
    expect(adminPortalCsp('http://localhost:8787')).toBe('frame-src http://localhost:8787')
  })

  it.each([
    '*',
    'https:',
    'https://*.scalekit.com',
    'https://acme.scalekit.com; script-src *',
    'http://acme.scalekit.com',
    '',
  ])('SEC-321 refuses "%s", and does not repeat it', (address) => {
    for (const refused of [() => adminPortalCsp(address), () => addAdminPortalToCsp("default-src 'self'", address)]) {
      expect(refused).toThrow(AdminPortalError)
      expect(refused).toThrow(expect.objectContaining({ code: 'configuration_invalid' }))
    }
    expect(() => adminPortalCsp('https://ada:hunter2@acme.scalekit.com')).not.toThrow(/hunter2/)
  })
})

describe('addAdminPortalToCsp', () => {
  it.each([
    ['its own frames stay', "frame-src 'self' https://a.test", `frame-src 'self' https://a.test ${env}`],
    ['none before', "default-src 'self'; frame-src 'none'", `default-src 'self'; frame-src ${env}`],
    ['an empty list is none', 'frame-src ; img-src *', `frame-src ${env}; img-src *`],
    ['in the middle', 'a x;  Frame-Src b.test ;c y', `a x;  frame-src b.test ${env};c y`],
    ['child-src stood for it', "child-src blob: 'self'", `child-src blob: 'self'; frame-src blob: 'self' ${env}`],
    ['default-src stood for it', "default-src 'self'", `default-src 'self'; frame-src 'self' ${env}`],
    [
      'default-src was none',
      "default-src 'none'; script-src 'self'; ",
      `default-src 'none'; script-src 'self'; frame-src ${env}`,
    ],
    [
      'what is not about frames is not repeated',
      "default-src 'self' 'unsafe-inline' 'nonce-abc' 'sha256-abc=' https://a.test",
      `default-src 'self' 'unsafe-inline' 'nonce-abc' 'sha256-abc=' https://a.test; frame-src 'self' https://a.test ${env}`,
    ],
    ['the first of a name counts', "frame-src 'none'; frame-src *", `frame-src ${env}; frame-src *`],
    [
      'two policies',
      "default-src 'self', frame-src b.test",
      `default-src 'self'; frame-src 'self' ${env}, frame-src b.test ${env}`,
    ],
  ])('SEC-321 %s', (_, policy, expected) => {
    expect(addAdminPortalToCsp(policy, env)).toBe(expected)
  })

  it.each([
    ['it is there', `frame-src ${env}`],
    ['it is there in capitals', 'frame-src HTTPS://ACME.SCALEKIT.COM'],
    ['it is there with a slash', `frame-src ${env}/`],
    ['it is there by default', `default-src ${env}`],
    ['every frame is allowed', 'frame-src *'],
    ['every https frame is allowed', "default-src 'self' https:"],
    ['nothing is said of frames', "script-src 'self'; object-src 'none'"],
    ['nothing is said', ''],
  ])('leaves a policy as it is where %s', (_, policy) => {
    expect(addAdminPortalToCsp(policy, env)).toBe(policy)
  })

  const directives = [
    'default-src',
    'frame-src',
    'child-src',
    'script-src',
    'frame-ancestors',
    'sandbox',
    'upgrade-insecure-requests',
  ]
  const sources = ["'self'", "'none'", 'https://a.test', '*.b.test', 'data:', "'unsafe-inline'", "'nonce-q'", env]
  const aDirective = fc
    .tuple(fc.constantFrom(...directives), fc.array(fc.constantFrom(...sources), { maxLength: 3 }))
    .map(([name, values]) => [name, ...values].join(' '))
  const aPolicy = fc.array(aDirective, { maxLength: 5 }).map((texts) => texts.join('; '))

  /** What a policy says of everything but frames. */
  const others = (policy: string) => policy.split(/;\s*/).filter((text) => text !== '' && !text.startsWith('frame-src'))

  it('SEC-321 changes no other directive of any policy, and nothing when asked twice', () => {
    fc.assert(
      fc.property(aPolicy, (policy) => {
        const once = addAdminPortalToCsp(policy, env)
        expect(others(once)).toEqual(others(policy))
        expect(addAdminPortalToCsp(once, env)).toBe(once)
      }),
    )
  })
})
