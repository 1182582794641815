import { once } from 'node:events'
import { chosenExamples } from './examples.mjs'
import { startEmulator, startExample } from './local-environment.mjs'
import { freePort } from './processes.mjs'
import { prepare } from './workspace.mjs'

// npm run demo            starts the emulator and the example apps, and says where they are.
// npm run demo -- --tour  walks the main job over HTTP on each and exits 0 only if every step held.
// npm run demo -- hono    one of them; so does --tour.

const args = process.argv.slice(2)

await prepare()
const examples = await chosenExamples(args)
if (args.includes('--tour')) {
  const { runTour } = await import('./tour/tour.mjs')
  process.exitCode = (await runTour(examples)) ? 0 : 1
} else {
  await demo()
}

async function demo() {
  process.stdout.write('Starting the Scalekit emulator … ')
  const emulator = await startEmulator({ port: await freePort(9500) })
  console.log(emulator.url)
  const apps = []
  for (const example of examples) {
    process.stdout.write(`Starting the ${example.title} example … `)
    const { origin, stop } = await startExample(emulator, example)
    console.log(origin)
    apps.push({ title: example.title, origin, stop })
  }
  await printTable(emulator, apps)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  for (const { stop } of apps) await stop()
  await emulator.stop()
}

async function printTable(emulator, apps) {
  const { users, organizations, machines } = await emulator.control('GET', '/state')
  const organization = new Map(organizations.map(({ id, name }) => [id, name]))
  const rows = [
    ['Open in a browser', ''],
    ...apps.map(({ title, origin }) => [`  the app on ${title}`, origin]),
    ['  its back office', '/staff/customers of each, as bea@globex.test in Globex'],
    ['  what the emulator sees', `${emulator.url}/_emulator`],
    ['  hosted widgets', `${emulator.url}/ui/`],
    ["  a customer's identity provider", `${emulator.url}/sso/portal`],
    ['', ''],
    ['Log in as', ''],
    ...users.map(({ email, memberships }) => [
      `  ${email}`,
      memberships
        .map(({ organizationId, roles }) => `${roles.join(', ')} in ${organization.get(organizationId)}`)
        .join('; '),
    ]),
    ['  anyone@example.com', 'a new person, through the SSO simulator'],
    ['', ''],
    [`Machines that may call /api/export of an app, by a token from ${emulator.url}/oauth/token`, ''],
    ...machines.map(({ id, secret, organization: home }) => [
      `  ${id}`,
      `of ${organization.get(home)}, secret ${secret}`,
    ]),
  ]
  const width = Math.max(...rows.map(([left, right]) => (right === '' ? 0 : left.length))) + 2
  console.log(
    `\n${rows.map(([left, right]) => (left.padEnd(width) + right).trimEnd()).join('\n')}\n\nCtrl+C stops everything.`,
  )
}
