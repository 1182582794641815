import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { href } from './href.js'

describe('href', () => {
  it.each([
    ['a path', '/ui/members?x=1', '/ui/members?x=1'],
    ['the root', '/', '/'],
    ['http', 'http://127.0.0.1:3000/', 'http://127.0.0.1:3000/'],
    ['https', 'https://app.example/', 'https://app.example/'],
    ['javascript', 'javascript:alert(1)', '#'],
    ['javascript in capitals', 'JaVaScRiPt:alert(1)', '#'],
    ['javascript with a line feed', 'java\nscript:alert(1)', '#'],
    ['data', 'data:text/html,x', '#'],
    ['another host without a scheme', '//evil.example', '#'],
    ['another host with a backslash', '/\\evil.example', '#'],
    ['another host behind a tab', '/\t/evil.example', '#'],
    ['a relative path', 'members', '#'],
    ['nothing', '', '#'],
  ])('SEC-374 answers %s', (_, target, expected) => {
    expect(href(target)).toBe(expected)
  })

  it('SEC-374 keeps every path on this origin', () => {
    const base = 'http://localhost:9500/_emulator'
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', '\\', '\t', '\n', 'a', '.', ':', '@', ' ') }), (rest) => {
        expect(new URL(href(`/${rest}`), base).origin).toBe('http://localhost:9500')
      }),
    )
  })
})
