import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAppPath, optionProblems } from './check-options.js'
import type { ScalegateOptions } from './scalegate-options.js'

const problemsOf = (options: unknown) =>
  optionProblems(options as ScalegateOptions).map(({ path, message }) => `${path}: ${message}`)

const appPath = 'must begin with one "/", and hold no query, fragment, backslash or control character'

describe('optionProblems', () => {
  it.each([
    ['nothing', {}],
    [
      'every group empty',
      { session: {}, transaction: {}, login: {}, logout: {}, logoutToken: {}, timeouts: {}, paths: {} },
    ],
    ['a list of secrets', { cookieSecret: ['one', 'two'] }],
    ['members that are undefined', { issuer: undefined, session: { idle: undefined }, paths: { login: undefined } }],
    [
      'the smallest numbers',
      { session: { absolute: 60, idle: 60, refreshBefore: 0, cookieBudget: 4096 }, clockSkew: 0 },
    ],
    ['a permission source', { permissions: async () => [] }],
  ])('accepts %s', (_label, options) => {
    expect(problemsOf(options)).toEqual([])
  })

  it.each([
    ['SEC-015 PKCE switched off', { pkce: false }, ['pkce: is not an option']],
    ['SEC-015 PKCE plain', { codeChallengeMethod: 'plain' }, ['codeChallengeMethod: is not an option']],
    ['SEC-041 a fallback on another host', { login: { returnTo: '//evil.example' } }, [`login.returnTo: ${appPath}`]],
    ['SEC-041 an absolute fallback', { login: { returnTo: 'https://evil.example/' } }, [`login.returnTo: ${appPath}`]],
    [
      'SEC-041 a fallback that normalises to another host',
      { login: { returnTo: '/..//evil.example' } },
      [`login.returnTo: ${appPath}`],
    ],
    ['SEC-041 a backslash', { logout: { returnTo: '/\\evil.example' } }, [`logout.returnTo: ${appPath}`]],
    ['SEC-041 a tab', { logout: { returnTo: '/\t/evil.example' } }, [`logout.returnTo: ${appPath}`]],
    [
      'SEC-150 the prefix in the name',
      { session: { cookieName: '__Host-app' } },
      ['session.cookieName: must not begin with a prefix: the kit adds "__Host-" or "__Secure-" where it can hold'],
    ],
    [
      'SEC-150 the prefix in other case',
      { session: { cookieName: '__secure-app' } },
      ['session.cookieName: must not begin with a prefix: the kit adds "__Host-" or "__Secure-" where it can hold'],
    ],
    [
      'SEC-151 SameSite=Strict',
      { session: { sameSite: 'strict' } },
      ['session.sameSite: must be "lax" or "none"; "strict" breaks the way back from the login'],
    ],
    [
      'SEC-152 a name with a semicolon',
      { session: { cookieName: 'a;b' } },
      ['session.cookieName: must be 1 to 64 letters, digits, "_" or "-"'],
    ],
    [
      'SEC-152 a name with a space',
      { session: { cookieName: 'a b' } },
      ['session.cookieName: must be 1 to 64 letters, digits, "_" or "-"'],
    ],
    [
      'SEC-152 a name with CRLF',
      { session: { cookieName: 'a\r\nb' } },
      ['session.cookieName: must be 1 to 64 letters, digits, "_" or "-"'],
    ],
    [
      'SEC-152 a name that ends in a line feed',
      { session: { cookieName: 'a\n' } },
      ['session.cookieName: must be 1 to 64 letters, digits, "_" or "-"'],
    ],
    [
      'SEC-152 a name with an equals sign',
      { session: { cookieName: 'a=b' } },
      ['session.cookieName: must be 1 to 64 letters, digits, "_" or "-"'],
    ],
    [
      'SEC-152 a domain with a semicolon',
      { session: { domain: 'app.example; Secure' } },
      ['session.domain: must be a lower-case host name such as "app.example"'],
    ],
    [
      'SEC-152 a domain with a leading dot',
      { session: { domain: '.app.example' } },
      ['session.domain: must be a lower-case host name such as "app.example"'],
    ],
    [
      'SEC-152 an address as domain',
      { session: { domain: '127.0.0.1' } },
      ['session.domain: must be a lower-case host name such as "app.example"'],
    ],
    ['no openid', { scopes: ['profile'] }, ['scopes: must include "openid"']],
    ['an empty list of secrets', { cookieSecret: [] }, ['cookieSecret: must be a string or a list of strings']],
    [
      'an idle time of a millisecond kind',
      { session: { idle: 0.5 } },
      ['session.idle: must be a whole number of seconds from 60 to 31536000'],
    ],
    [
      'a skew that forgives everything',
      { clockSkew: 3600 },
      ['clockSkew: must be a whole number of seconds from 0 to 300'],
    ],
    ['a misspelt option', { cleintId: 'x' }, ['cleintId: is not an option; did you mean "clientId"?']],
    [
      'a misspelt member',
      { session: { absolut: 60 } },
      ['session.absolut: is not an option; did you mean "absolute"?'],
    ],
    ['a name of another kit', { environmentUrl: 'x' }, ['environmentUrl: is not an option; did you mean "issuer"?']],
    ['null', null, ['options: Invalid input']],
    ['a group that is null', { session: null }, ['session: Invalid input']],
  ])('refuses %s', (_label, options, problems) => {
    expect(problemsOf(options)).toEqual(problems)
  })

  it('reports everything at once', () => {
    expect(
      problemsOf({ issuer: '', session: { idle: 1, nope: 1 }, onLogin: 'x' }).map((line) => line.split(':')[0]),
    ).toEqual(['issuer', 'session.idle', 'session.nope', 'onLogin'])
  })
})

describe('isAppPath', () => {
  it.each([
    ['/', true],
    ['/auth/login', true],
    ['/%61', true],
    ['', false],
    ['auth', false],
    ['//evil.example', false],
    ['/\\evil.example', false],
    ['/a/../b', false],
    ['/..//evil.example', false],
    ['/a?b', false],
    ['/a#b', false],
    ['/a b', false],
    ['/ä', false],
  ])('%s → %s', (path, expected) => {
    expect(isAppPath(path)).toBe(expected)
  })

  it('whatever passes is the same path of the same host when a browser reads it', () => {
    const pieces = fc.array(
      fc.constantFrom('/', '\\', '.', '..', '%2e', '%2f', '?', '#', '@', ':', '\t', 'a', 'evil.example'),
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const path = parts.join('')
        if (!isAppPath(path)) return
        expect(new URL(path, 'https://app.example').href).toBe(`https://app.example${path}`)
      }),
    )
  })
})
