import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Emulator, startEmulator } from '@scalegate/emulator'
import { Browser } from '@scalegate/testing/audits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logIn, people } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { type Program, startProgram } from '../support/program.js'
import { testSecret } from '../support/secret.js'
import { Document } from './document.js'

const { program } = new Document('README.md')

/** The README's first program, taken out of the README, run against the emulator as the README says. */
describe('the first program of the README', () => {
  let folder: string
  let emulator: Emulator
  let app: Program & { origin: string }

  beforeAll(async () => {
    // Inside this package, where its imports resolve like those of somebody who has installed them.
    folder = await mkdtemp(fileURLToPath(new URL('../../readme-', import.meta.url)))
    emulator = await startEmulator({ port: 0 })
    const free = await listen()
    await free.close()
    const origin = `http://localhost:${free.port}`
    const ready = `.once('listening', () => console.log('listening on ${origin}'))`
    await writeFile(`${folder}/app.mjs`, program.replace('app.listen(3000)', `app.listen(${free.port})${ready}`))
    const started = await startProgram([`${folder}/app.mjs`], {
      SCALEKIT_ENVIRONMENT_URL: emulator.environmentUrl,
      SCALEKIT_CLIENT_ID: emulator.clientId,
      SCALEKIT_CLIENT_SECRET: emulator.clientSecret,
      COOKIE_ENCRYPTION_SECRET: testSecret,
      APP_BASE_URL: origin,
    })
    app = { ...started, origin }
  })
  afterAll(async () => {
    await app?.stop()
    await emulator?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('has at most 15 lines', () => {
    expect(program).toContain("from '@scalegate/express'")
    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
  })

  it('greets the person who has logged in, and answers the members page to an admin', async () => {
    const ada = new Browser()
    expect((await ada.navigate(`${app.origin}/`)).next).toContain('/auth/login')
    await logIn(ada, app)
    expect((await ada.navigate(`${app.origin}/`)).text).toBe('Hello Ada Admin')
    expect((await ada.navigate(`${app.origin}/members`)).status).toBe(200)
  })

  it('refuses the members page to a guest', async () => {
    const gil = new Browser()
    await logIn(gil, app, { user: people.gil })
    expect((await gil.navigate(`${app.origin}/members`)).status).toBe(403)
  })
})
