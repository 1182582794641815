import { startEmulator, startExample } from '../local-environment.mjs'
import { mainJob } from './main-job.mjs'
import { Report } from './report.mjs'

/** Which of the two holds at Scalekit is not documented. */
const sources = {
  token: 'permissions in the access token',
  api: 'permissions from the REST API, none of Scalekit’s in the token',
}

/**
 * The main job over real HTTP on each framework, with both sources of permissions. Each walk has an emulator of its own,
 * and they go side by side, because most of their time is waiting for tokens to expire.
 */
export async function runTour(examples) {
  console.log('Walking the main job on each; about a minute, most of it waiting for tokens to expire …')
  const walks = examples.flatMap((example) =>
    Object.keys(sources).map((source) => walk(example, source).catch((error) => failedWalk(example, source, error))),
  )
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

async function walk(example, source) {
  const report = titled(example, source)
  const emulator = await startEmulator()
  try {
    await emulator.control('PATCH', '/settings', { skInToken: source === 'token' })
    const app = await startExample(emulator, { ...example, port: 0, env: { EXAMPLE_PERMISSIONS: source } })
    try {
      await mainJob({ report, emulator, app })
    } finally {
      await app.stop()
    }
  } finally {
    await emulator.stop()
  }
  return report
}

/** A walk that could not begin has failed as well. */
async function failedWalk(example, source, error) {
  const report = titled(example, source)
  await report.step('starts', () => Promise.reject(error))
  return report
}

function titled({ title }, source) {
  const report = new Report()
  report.heading(`${title}: ${sources[source]}`)
  return report
}
