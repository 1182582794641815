import { describe, expect, it } from 'vitest'
import { readSettings, type Settings } from './read-settings.js'
import type { ScalegateOptions } from './scalegate-options.js'

const complete = {
  SCALEKIT_ENVIRONMENT_URL: 'https://auth.example',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'test_secret',
  COOKIE_ENCRYPTION_SECRET: 'one,two',
  APP_BASE_URL: 'https://app.example',
}

function read(
  options: ScalegateOptions,
  environment: Readonly<Record<string, string | undefined>>,
): { settings: Settings; problems: string[] } {
  const problems: string[] = []
  const settings = readSettings(options, environment, (path, message) => problems.push(`${path}: ${message}`))
  return { settings, problems }
}

describe('readSettings', () => {
  it('reads the names that Scalekit documents', () => {
    expect(read({}, complete)).toEqual({
      settings: {
        issuer: { path: 'SCALEKIT_ENVIRONMENT_URL', value: 'https://auth.example' },
        clientId: { path: 'SCALEKIT_CLIENT_ID', value: 'skc_1' },
        clientSecret: { path: 'SCALEKIT_CLIENT_SECRET', value: 'test_secret' },
        cookieSecrets: [
          { path: 'COOKIE_ENCRYPTION_SECRET', value: 'one' },
          { path: 'COOKIE_ENCRYPTION_SECRET', value: 'two' },
        ],
        baseUrl: { path: 'APP_BASE_URL', value: 'https://app.example' },
        webhookSecrets: [],
        callbackPath: undefined,
      },
      problems: [],
    })
  })

  it('lets code win over the environment', () => {
    const { settings } = read({ issuer: 'https://code.example', cookieSecret: 'a,b' }, complete)
    expect(settings.issuer).toEqual({ path: 'issuer', value: 'https://code.example' })
    // A comma is a separator in the environment only.
    expect(settings.cookieSecrets).toEqual([{ path: 'cookieSecret', value: 'a,b' }])
  })

  it('accepts the other name of the environment URL, and trims', () => {
    const { settings } = read(
      {},
      { ...complete, SCALEKIT_ENVIRONMENT_URL: ' ', SCALEKIT_ENV_URL: ' https://auth.example\n' },
    )
    expect(settings.issuer).toEqual({ path: 'SCALEKIT_ENV_URL', value: 'https://auth.example' })
  })

  it('SEC-369 names what is missing, all of it, without values', () => {
    expect(read({}, {}).problems).toEqual([
      'SCALEKIT_ENVIRONMENT_URL: is missing: set it, or pass `issuer`',
      'SCALEKIT_CLIENT_ID: is missing: set it, or pass `clientId`',
      'SCALEKIT_CLIENT_SECRET: is missing: set it, or pass `clientSecret`',
      'COOKIE_ENCRYPTION_SECRET: is missing: set it, or pass `cookieSecret`',
      'APP_BASE_URL: is missing: set it, or pass `baseUrl`',
    ])
  })

  it('SEC-369 names a variable that looks like the missing one, and not its value', () => {
    const { problems } = read({}, { ...complete, SCALEKIT_CLIENT_SECRET: undefined, SCALEKIT_CLIENT_SECERT: 'canary' })
    expect(problems).toEqual([
      'SCALEKIT_CLIENT_SECRET: is missing: set it, or pass `clientSecret` (did you mean it by SCALEKIT_CLIENT_SECERT, which is set?)',
    ])
  })

  it.each([
    'undefined',
    'null',
    'changeme',
    'CHANGE-ME',
    'replace_me',
    'TODO',
    'xxx',
    '<your client secret>',
    'your-client-secret',
    'your_client_secret',
    'sk_test_xxx',
    '...',
  ])('SEC-369 refuses the placeholder %s', (value) => {
    expect(read({}, { ...complete, SCALEKIT_CLIENT_SECRET: value }).problems).toEqual([
      'SCALEKIT_CLIENT_SECRET: still holds a placeholder',
    ])
    expect(read({ clientSecret: value }, complete).problems).toEqual(['clientSecret: still holds a placeholder'])
  })

  const redirected = (value: string, options: ScalegateOptions = {}) =>
    read(options, { ...complete, APP_BASE_URL: undefined, REDIRECT_URI: value })

  it.each([
    ['the default callback', 'https://app.example/auth/callback', {}, 'https://app.example', undefined],
    ['under a path', 'https://app.example/app/auth/callback', {}, 'https://app.example/app', undefined],
    [
      'another base path',
      'https://app.example/api/auth/callback',
      { basePath: '/api/auth' },
      'https://app.example',
      undefined,
    ],
    [
      'a callback path of its own',
      'https://app.example/cb',
      { paths: { callback: '/cb' } },
      'https://app.example',
      undefined,
    ],
    ['an unknown path becomes the callback', 'https://app.example/callback', {}, 'https://app.example', '/callback'],
    [
      'a path that only ends alike',
      'https://app.example/my-auth/callback',
      {},
      'https://app.example',
      '/my-auth/callback',
    ],
  ])('derives the base from REDIRECT_URI: %s', (_label, value, options, base, callbackPath) => {
    const { settings, problems } = redirected(value, options)
    expect({ base: settings.baseUrl, callbackPath: settings.callbackPath, problems }).toEqual({
      base: { path: 'REDIRECT_URI', value: base },
      callbackPath,
      problems: [],
    })
  })

  it('prefers APP_BASE_URL', () => {
    const { settings } = read({}, { ...complete, REDIRECT_URI: 'https://other.example/auth/callback' })
    expect(settings.baseUrl).toEqual({ path: 'APP_BASE_URL', value: 'https://app.example' })
  })

  it.each([
    ['the start page', 'https://app.example/'],
    ['no path', 'https://app.example'],
    ['an empty segment', 'https://app.example//cb'],
    ['a backslash that becomes an empty segment', 'https://app.example/\\cb'],
  ])('refuses a REDIRECT_URI that cannot be the callback: %s', (_label, value) => {
    expect(redirected(value).problems).toEqual([
      'REDIRECT_URI: must be the address of the callback route, such as https://app.example/auth/callback',
    ])
  })
})
