import { describe, expect, it } from 'vitest'
import { type ManagementClientOptions, resolveClientOptions } from './client-options.js'

const whole = { environmentUrl: 'https://env.example', clientId: 'skc_1', clientSecret: 'canary-secret' }
const environment = {
  SCALEKIT_ENVIRONMENT_URL: 'https://env.example/',
  SCALEKIT_CLIENT_ID: ' skc_1 ',
  SCALEKIT_CLIENT_SECRET: 'canary-secret',
}

describe('resolveClientOptions', () => {
  it('reads the variables of Scalekit where code says nothing', () => {
    expect(resolveClientOptions({}, environment)).toMatchObject({
      ...whole,
      retries: 3,
      timeouts: { call: 30, attempt: 10 },
    })
    const { SCALEKIT_ENVIRONMENT_URL: url, ...others } = environment
    expect(resolveClientOptions({}, { ...others, SCALEKIT_ENV_URL: url })).toMatchObject(whole)
  })

  it('believes code first', () => {
    expect(resolveClientOptions({ clientId: 'skc_2' }, environment)).toMatchObject({ clientId: 'skc_2' })
  })

  it.each<[string, object, readonly string[]]>([
    ['nothing', {}, ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_CLIENT_ID', 'SCALEKIT_CLIENT_SECRET']],
    ['a misspelt option', { ...whole, clientSecrets: 'x' }, ['clientSecrets']],
    ['a misspelt timeout', { ...whole, timeouts: { calls: 1 } }, ['timeouts.calls']],
    ['SEC-344 http to another machine', { ...whole, environmentUrl: 'http://env.example' }, ['environmentUrl']],
    ['SEC-344 a path', { ...whole, environmentUrl: 'https://env.example/api' }, ['environmentUrl']],
    ['an empty secret', { ...whole, clientSecret: '' }, ['clientSecret']],
    [
      'times that are none',
      { ...whole, timeouts: { call: 0, attempt: Number.NaN }, retries: 11 },
      ['timeouts.call', 'timeouts.attempt', 'retries'],
    ],
    ['functions that are none', { ...whole, fetch: 1, clock: 2 }, ['fetch', 'clock']],
  ])('reports %s', (_label, options, paths) => {
    const resolve = () => resolveClientOptions(options as ManagementClientOptions, {})
    expect(resolve).toThrowError(
      expect.objectContaining({
        code: 'configuration_invalid',
        problems: paths.map((path) => expect.objectContaining({ path })),
        message: expect.not.stringContaining('canary'),
      }),
    )
  })

  it('does not take the environment for an option that is there and undefined', () => {
    const options = { clientId: undefined } as unknown as ManagementClientOptions
    expect(() => resolveClientOptions(options, environment)).toThrowError(/clientId: must be/)
  })
})
