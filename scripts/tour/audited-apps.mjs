import { prepareApps } from '../workspace.mjs'

const nextFixture = 'packages/e2e/fixtures/next16'

/** The app of the audits on each framework, by the name of the example: how it starts at a port. It prints nothing. */
const programs = {
  express: () => ['packages/conformance/src/apps/express.mjs'],
  hono: () => ['packages/conformance/src/apps/hono.mjs'],
  next: (port) => [
    `${nextFixture}/node_modules/next/dist/bin/next`,
    ...['start', nextFixture, '--hostname', '127.0.0.1', '--port', String(port)],
  ],
}

/** What `startExample` needs to know of it, for the framework of an example. */
export function auditedApp({ name }, env) {
  return {
    args: programs[name],
    printsNothing: true,
    hearsWebhooks: false,
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      AUDIT_API_AUDIENCE: 'https://api.example.test',
      ...env,
    },
  }
}

/** Next is built first, which takes a quarter of a minute the first time. */
export async function prepareAuditedApps(examples) {
  if (examples.some(({ name }) => name === 'next')) await prepareApps('@scalegate/fixture-next16')
}
