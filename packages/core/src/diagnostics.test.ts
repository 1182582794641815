import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, it } from 'vitest'
import { eventChannel, toDiagnosticsChannel } from './diagnostics.js'
import { createScalegate } from './index.js'

it('events of the kit reach whoever listens on the channel, and nobody else is needed', async () => {
  const heard: unknown[] = []
  const listener = (message: unknown) => heard.push(message)
  subscribe(eventChannel, listener)
  const kit = createScalegate({ onEvent: toDiagnosticsChannel, clock: () => 1_800_000_000 }, () => ({
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.dev',
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: 'test_9fK2mQ7xW4vB8nZ1',
    COOKIE_ENCRYPTION_SECRET: 'kq3Z7mT0pXw9Vb2Nf5Rj8Hc1Ld4Gs6Ya',
    APP_BASE_URL: 'https://app.example',
  }))
  const page = { headers: { accept: 'text/html' } }
  await kit.handle(new Request('https://app.example/auth/login', page))
  unsubscribe(eventChannel, listener)
  await kit.handle(new Request('https://app.example/auth/login', page))
  expect(heard).toEqual([
    { type: 'webhooks_off', at: 1_800_000_000, variable: 'SCALEKIT_WEBHOOK_SECRET' },
    { type: 'login_started', at: 1_800_000_000, organization: 'any', by: 'app' },
  ])
})
