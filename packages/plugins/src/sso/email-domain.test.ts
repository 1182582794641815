import { describe, expect, it } from 'vitest'
import { emailDomain } from './email-domain.js'

describe('emailDomain', () => {
  it.each([
    ['ada@acme.com', 'acme.com'],
    [' Ada@ACME.com ', 'acme.com'],
    ['ada@acme.com.', 'acme.com'],
    ['ada@bücher.example', 'xn--bcher-kva.example'],
    ['a＠evil.com', 'evil.com'],
    ['ada+tag@mail.acme.co.uk', 'mail.acme.co.uk'],
  ])('%s → %s', (email, domain) => expect(emailDomain(email)).toBe(domain))

  it.each([
    '',
    'ada',
    '@acme.com',
    'ada@',
    'ada@localhost',
    'a@b@acme.com',
    'a﹫b@acme.com',
    'ada@acme.com/path',
    'ada@acme.com:8080',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'ada@acme.com\r\nBcc: eve@evil.com',
    'Ada <ada@acme.com>',
    'ada@acme.com,eve@evil.com',
    'ada@acme.com?x',
    'ada@-acme.com',
    `ada@${'a'.repeat(64)}.com`,
    'ada@acme..com',
  ])('SEC-327 SEC-328 %j is none', (email) => expect(emailDomain(email)).toBeUndefined())
})
