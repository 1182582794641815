import { type Context, Hono } from 'hono'
import { done, missing } from '../control/answer.js'
import type { Environment } from '../environment.js'
import { read } from '../shape.js'
import { webhookEventTypes } from './catalog.js'
import { deliveryJson } from './deliveries.js'
import { endpointsShape, replayShape, resumeShape, sendShape } from './shapes.js'

/** Seconds that a caller waits for deliveries to come to an end, unless it says how long. */
const PATIENCE = 10

/** `/_emulator/webhooks`. */
export function webhookRoutes(environment: Environment): Hono {
  const app = new Hono()
  const { webhooks } = environment
  const listed = (c: Context) => c.json({ endpoints: webhooks.endpoints, eventTypes: webhookEventTypes })

  app.get('/', listed)
  app.put('/', async (c) => {
    webhooks.register(read(endpointsShape, await c.req.json()))
    return listed(c)
  })
  app.delete('/', (c) => {
    webhooks.register([])
    return done(c)
  })
  app.post('/send', async (c) => {
    const input = read(sendShape, await c.req.json())
    if (webhooks.endpoints.length === 0)
      return missing(c, 'webhook endpoint; register one with PUT /_emulator/webhooks')
    return c.json({ deliveries: (await webhooks.send(input)).map(deliveryJson) })
  })
  app.post('/replay', async (c) => {
    const { id } = read(replayShape, await c.req.json())
    if (webhooks.sender.deliveries.ofMessage(id).length === 0) return missing(c, 'delivery')
    return c.json({ deliveries: (await webhooks.replay(id)).map(deliveryJson) })
  })
  app.post('/resume', async (c) => {
    const { order = 'as-happened' } = read(resumeShape, await c.req.json())
    environment.resumeWebhooks(order)
    return done(c)
  })
  app.get('/deliveries', (c) => c.json({ deliveries: webhooks.sender.deliveries.all.map(deliveryJson) }))
  app.delete('/deliveries', (c) => {
    webhooks.sender.clear()
    return done(c)
  })
  app.get('/settled', async (c) => {
    await webhooks.sender.settled(Number(c.req.query('within') ?? PATIENCE) || 0)
    return c.json({ deliveries: webhooks.sender.deliveries.all.map(deliveryJson) })
  })
  return app
}
