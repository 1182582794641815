import { startEmulator, startExample } from '../local-environment.mjs'
import { mainJob } from './main-job.mjs'
import { Report } from './report.mjs'

/**
 * The main job over real HTTP, once with Scalekit's permissions in the token and once with permissions from the REST
 * API: which of the two holds at Scalekit is not documented.
 */
export async function runTour(entry) {
  const report = new Report()
  for (const source of ['token', 'api']) {
    report.heading(
      source === 'token'
        ? 'Permissions in the access token'
        : 'Permissions from the REST API, none of Scalekit’s in the token',
    )
    await walk(report, entry, source)
  }
  console.log(`\ntour: ${report.passed} passed, ${report.failed} failed`)
  return report.failed === 0
}

async function walk(report, entry, source) {
  const emulator = await startEmulator()
  try {
    await emulator.control('PATCH', '/settings', { skInToken: source === 'token' })
    const app = await startExample(emulator, { entry, env: { EXAMPLE_PERMISSIONS: source } })
    try {
      await mainJob({ report, emulator, app })
    } finally {
      await app.stop()
    }
  } finally {
    await emulator.stop()
  }
}
