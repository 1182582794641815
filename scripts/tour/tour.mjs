import { randomBytes } from 'node:crypto'
import { startEmulator, startExample } from '../local-environment.mjs'
import { arrivals } from './arrivals.mjs'
import { auditedApp, prepareAuditedApps } from './audited-apps.mjs'
import { backOffice } from './back-office.mjs'
import { brokered, limits } from './brokered.mjs'
import { handOver } from './hand-over.mjs'
import { machines } from './machines.mjs'
import { mainJob } from './main-job.mjs'
import { Report } from './report.mjs'
import { settings } from './settings.mjs'
import { stepUp } from './step-up.mjs'
import { switching } from './switching.mjs'
import { webhooks } from './webhooks.mjs'
import { organizations } from './witness.mjs'

/** Which of the two holds at Scalekit is not documented; not every app has a webhook endpoint. */
const sources = {
  token: 'permissions in the access token, and webhooks',
  api: 'permissions from the REST API, none of Scalekit’s in the token, and no webhooks',
}

/**
 * The main job over real HTTP on each framework, with both sources of permissions, and what larger customers bring along
 * with one of them. Each walk has an emulator of its own, and they go side by side, because most of their time is waiting
 * for tokens to expire.
 */
export async function runTour(examples) {
  await prepareAuditedApps(examples)
  console.log('Walking the main job on each; half a minute, most of it waiting for tokens to expire …')
  const walks = [
    ...examples.flatMap((example) => Object.keys(sources).map((source) => walk(example, source))),
    ...examples.map(walkBrokered),
    walkHandOver(),
  ]
  let [passed, failed] = [0, 0]
  for (const walking of walks) {
    const report = await walking
    console.log(report.lines.join('\n'))
    passed += report.passed
    failed += report.failed
  }
  console.log(`\ntour: ${passed} passed, ${failed} failed`)
  return failed === 0
}

function walk({ title, ...example }, source) {
  return inEmulator(`${title}: ${sources[source]}`, async ({ report, emulator }) => {
    await emulator.control('PATCH', '/settings', { skInToken: source === 'token' })
    const env = { EXAMPLE_PERMISSIONS: source }
    // Alone in its emulator it is the first client, the one that links in mails lead to.
    const start = { ...example, client: 0, port: 0, hearsWebhooks: source === 'token', env }
    const app = await startExample(emulator, start)
    try {
      await mainJob({ report, emulator, app })
      if (app.hearsWebhooks) {
        await businessJob({ report, emulator, app })
        await settings({ report, emulator, app })
        await backOffice({ report, emulator, app })
      }
    } finally {
      await app.stop()
    }
  })
}

/** What larger customers bring along. Where permissions come from makes no difference to it. */
async function businessJob(walk) {
  for (const part of [arrivals, switching, webhooks, machines, stepUp]) await part(walk)
}

/** The other product, with sessions of the kit and with the app's own. */
function walkBrokered(example) {
  const title = `${example.title}: modular SSO, and logins handed over to the app’s own sessions`
  return inEmulator(title, async ({ report, emulator }) => {
    await emulator.control('PATCH', '/settings', { product: 'modular-sso' })
    const env = {
      AUDIT_PRODUCT: 'modular_sso',
      AUDIT_SESSION: JSON.stringify(limits),
      AUDIT_HAND_OVER: organizations.acme,
    }
    const app = await startExample(emulator, auditedApp(example, env))
    try {
      await brokered({ report, emulator, app })
    } finally {
      await app.stop()
    }
  })
}

/** Once: an app that had people, passwords and a session library before. */
function walkHandOver() {
  return inEmulator(
    'Modular SSO, handed over to an app with passport and express-session',
    async ({ report, emulator }) => {
      await emulator.control('PATCH', '/settings', { product: 'modular-sso' })
      const env = { CUSTOMERS: organizations.acme, SESSION_SECRET: randomBytes(32).toString('base64') }
      const entry = 'examples/handover-passport/server.js'
      const app = await startExample(emulator, { entry, hearsWebhooks: false, env })
      try {
        await handOver({ report, emulator, app })
      } finally {
        await app.stop()
      }
    },
  )
}

/** A walk with its report, in an emulator of its own. One that could not begin has failed as well. */
async function inEmulator(title, work) {
  const report = new Report()
  report.heading(title)
  try {
    const emulator = await startEmulator()
    await work({ report, emulator }).finally(() => emulator.stop())
  } catch (error) {
    await report.step('starts, and ends', () => Promise.reject(error))
  }
  return report
}
