import { once } from 'node:events'
import { startEmulator, startExample } from './local-environment.mjs'
import { freePort } from './processes.mjs'
import { prepare } from './workspace.mjs'

// npm run demo            starts the emulator and the example app, and says where they are.
// npm run demo -- --tour  walks the main job over HTTP and exits 0 only if every step held.

const entry = 'examples/express/server.js'

await prepare()
if (process.argv.includes('--tour')) {
  const { runTour } = await import('./tour/tour.mjs')
  process.exitCode = (await runTour(entry)) ? 0 : 1
} else {
  await demo()
}

async function demo() {
  process.stdout.write('Starting the Scalekit emulator … ')
  const emulator = await startEmulator({ port: await freePort(9500) })
  console.log(emulator.url)
  process.stdout.write('Starting the Express example … ')
  const app = await startExample(emulator, { entry, port: 3000 })
  console.log(app.origin)
  await printTable(emulator, app)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await app.stop()
  await emulator.stop()
}

async function printTable(emulator, app) {
  const { users, organizations } = await emulator.control('GET', '/state')
  const organization = new Map(organizations.map(({ id, name }) => [id, name]))
  const rows = [
    ['Open in a browser', ''],
    ['  the app', app.origin],
    ['  what the emulator sees', `${emulator.url}/_emulator`],
    ['  hosted widgets', `${emulator.url}/ui/`],
    ['', ''],
    ['Log in as', ''],
    ...users.map(({ email, memberships }) => [
      `  ${email}`,
      memberships
        .map(({ organizationId, roles }) => `${roles.join(', ')} in ${organization.get(organizationId)}`)
        .join('; '),
    ]),
    ['  anyone@example.com', 'a new person, through the SSO simulator'],
  ]
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  console.log(
    `\n${rows.map(([left, right]) => (left.padEnd(width) + right).trimEnd()).join('\n')}\n\nCtrl+C stops both.`,
  )
}
