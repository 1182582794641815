import { PluginError } from '@scalegate/core/plugin'
import { describe, expect, it } from 'vitest'
import { emailAddress } from './email-address.js'

describe('an e-mail address', () => {
  it.each([
    ['  Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
    ["o'brien+tag@sub.example.com", "o'brien+tag@sub.example.com"],
    ['SEC-328 with a full-width at sign', 'a＠evil.com', 'a@evil.com'],
    ['SEC-328 with a small at sign', 'a﹫evil.com', 'a@evil.com'],
    ['SEC-328 with letters that are others', 'a@ｅｖｉｌ．com', 'a@evil.com'],
    ['SEC-328 of a domain that looks like another', 'a@g\u043e\u043egle.com', 'a@xn--ggle-55da.com'],
    ['SEC-328 of an IDN', 'info@bücher.example', 'info@xn--bcher-kva.example'],
    ['SEC-328 with a trailing dot', 'a@evil.com.', 'a@evil.com'],
    ['SEC-328 in mixed case', 'A@EVIL.com', 'a@evil.com'],
  ])('%s is normalized', (...row) => {
    const [written, address] = row.slice(-2) as [string, string]
    expect(emailAddress(written)).toBe(address)
  })

  it.each([
    ['SEC-327 a line end', 'a@evil.com\r\nBcc: b@evil.com'],
    ['SEC-327 a line end at its end', 'a@evil.com\r\n'],
    ['SEC-327 a header', 'Bcc:b@evil.com'],
    ['SEC-327 NUL', 'a\0@evil.com'],
    ['SEC-327 a list', 'a@evil.com,b@evil.com'],
    ['SEC-327 a list in the local part', 'a,b@evil.com'],
    ['SEC-327 a semicolon', 'a;b@evil.com'],
    ['SEC-327 quotes', '"a"@evil.com'],
    ['SEC-327 a name', 'Ada <a@evil.com>'],
    ['SEC-327 angles', '<a@evil.com>'],
    ['SEC-327 a comment', 'a(comment)@evil.com'],
    ['SEC-327 a space', 'a b@evil.com'],
    ['SEC-327 a route', '@one.com:a@evil.com'],
    ['SEC-327 a percent', 'a%evil.com@corp.com'],
    ['SEC-328 two at signs, one of them full-width', 'a@good.com＠evil.com'],
    ['SEC-328 no at sign', 'evil.com'],
    ['SEC-328 another letter in the local part', '\u0430da@evil.com'],
    ['SEC-328 a mark of direction', 'a\u202e@evil.com'],
    ['SEC-328 nothing that can be seen', 'a\u200b@evil.com'],
    ['SEC-328 two trailing dots', 'a@evil.com..'],
    ['SEC-329 300 characters', `${'a'.repeat(289)}@evil.com`],
    [
      'SEC-329 a long address of short parts',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.com`,
    ],
    ['SEC-329 a long local part', `${'a'.repeat(65)}@evil.com`],
    ['SEC-329 what grows by NFKC', `a@${'\ufdfa'.repeat(20)}.com`],
    ['a dot too many', 'a..b@evil.com'],
    ['a dot at the begin', '.a@evil.com'],
    ['one label', 'a@localhost'],
    ['an address of a machine', 'a@127.0.0.1'],
    ['one in hexadecimal', 'a@0x7f.1'],
    ['one of version 6', 'a@[::1]'],
    ['a port', 'a@evil.com:443'],
    ['a path', 'a@evil.com/x'],
    ['a path after NFKC', 'a@evil.com℀b'],
    ['an underscore', 'a@e_vil.com'],
    ['nothing', ''],
  ])('%s is none', (_what, written) => {
    expect(() => emailAddress(written)).toThrow(PluginError)
  })

  it('of another type is none', () => {
    for (const value of [undefined, null, 7, ['a@evil.com'], { toString: () => 'a@evil.com' }])
      expect(() => emailAddress(value)).toThrow('email_invalid')
  })

  it('stays as it is once it is one', () => {
    for (const written of ['A@bücher.example', "o'brien+tag@sub.example.com"])
      expect(emailAddress(emailAddress(written))).toBe(emailAddress(written))
  })
})
