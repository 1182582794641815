import { inspect } from 'node:util'
import * as kitOfExpress from '@scalegate/express'
import * as kitOfHono from '@scalegate/hono'
import express from 'express'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { testSecret } from '../support/secret.js'

/** What a wrong configuration throws, at the first moment at which the adapter can know of it. */
const starts = {
  'Express 5': (options: kitOfExpress.ScalegateOptions) =>
    thrownBy(() => void express().use(kitOfExpress.scalegate(options))),
  // The environment comes with the request there, so what is missing is missed by the first one.
  Hono: (options: kitOfHono.ScalegateOptions) =>
    thrownBy(async () => {
      const app = new Hono().use(kitOfHono.scalegate(options) as never)
      await app.onError((error) => Promise.reject(error)).request('/')
    }),
}

async function thrownBy(start: () => void | Promise<void>): Promise<unknown> {
  try {
    await start()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}

/** Attack list 4.T, rows 369 and 371. */
describe.each(['Express 5', 'Hono'] as const)('configuration on %s', (framework) => {
  it.each(['sk_test_xxx', 'changeme', 'undefined', 'null', '<your-secret>', 'your_client_secret'])(
    'SEC-369 a placeholder is named by its place, never by its value: %s',
    async (value) => {
      const thrown = await starts[framework]({
        clientSecret: value,
        cookieSecret: 'canary-cookie-secret-canary-cookie-secret',
      })
      expect(kitOfExpress.isScalegateError(thrown, 'configuration_invalid')).toBe(true)
      const text = inspect(thrown, { depth: 10 }) + JSON.stringify(thrown)
      expect(text).toContain('clientSecret')
      expect(text).toContain('SCALEKIT_ENVIRONMENT_URL')
      expect(text).not.toContain('canary')
    },
  )

  it.each([
    'http://evil.example',
    'https://user:password-canary@acme.scalekit.dev',
    'https://acme.scalekit.dev/path',
    'https://acme.scalekit.dev?x=1',
    'ftp://acme.scalekit.dev',
  ])('SEC-127 SEC-371 an issuer that cannot be one: %s', async (issuer) => {
    const thrown = await starts[framework]({
      issuer,
      clientId: 'skc_1',
      clientSecret: 'test_abcdefghijklmnopqrstuvwxyz',
      cookieSecret: testSecret,
      baseUrl: 'https://app.example',
    })
    expect(kitOfExpress.isScalegateError(thrown, 'configuration_invalid')).toBe(true)
    expect(String(thrown)).not.toContain('canary')
  })
})
