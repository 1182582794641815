import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
const started: ChildProcess[] = []

function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, NODE_ENV: 'test', ...env } })
  started.push(child)
  const output = { out: '', error: '' }
  child.stdout.on('data', (chunk) => {
    output.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.error += chunk
  })
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', () => {
      const found = /^scalegate-emulator listening on (\S+)$/m.exec(output.out)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  return { child, output, ready }
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

describe('scalegate-emulator', () => {
  it('prints what one needs, says once that it is ready, and ends at SIGTERM', async () => {
    const { child, output, ready } = run(['--port', '0'])
    const url = await ready
    expect(url).toMatch(/^http:\/\/localhost:\d+$/)
    expect((await fetch(`${url}/keys`)).status).toBe(200)
    for (const part of [
      `${url}/_emulator`,
      `SCALEKIT_ENVIRONMENT_URL=${url}`,
      'SCALEKIT_CLIENT_ID=skc_101000000000000001',
      'SCALEKIT_CLIENT_SECRET=test_emulator_secret',
      'APP_BASE_URL=http://localhost:3000',
      'ada@acme.test       admin of Acme',
    ]) {
      expect(output.out).toContain(part)
    }
    expect(output.out.match(/listening on/g)).toHaveLength(1)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(output.error).toBe('')
  })

  it('tells the client where the app is with --app, so that log-outs reach it', async () => {
    const { child, output, ready } = run(['--port', '0', '--app', 'http://localhost:4000'])
    const state = (await (await fetch(`${await ready}/_emulator/state`)).json()) as {
      clients: Record<string, unknown>[]
    }
    expect(state.clients[0]).toMatchObject({
      redirectUris: ['http://localhost:4000/auth/callback'],
      backchannelLogoutUri: 'http://localhost:4000/auth/backchannel-logout',
    })
    expect(output.out).toContain('APP_BASE_URL=http://localhost:4000')
    child.kill('SIGTERM')
  })

  it('prints the ready line only with --quiet, and ends at SIGINT', async () => {
    const { child, output, ready } = run(['--port', '0', '--quiet'])
    await ready
    // A form that somebody has read makes the engine talk; nobody should hear it.
    await fetch(`${await ready}/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) })
    child.kill('SIGINT')
    await once(child, 'exit')
    expect(output.out).toMatch(/^scalegate-emulator listening on \S+\n$/)
    expect(output.error).toBe('')
  })

  it.each([
    ['a wrong port', ['--port', 'x'], {}, '--port must be a number'],
    ['an unknown option', ['--prot', '1'], {}, 'prot'],
    ['a missing seed file', ['--seed', '/nowhere.yaml'], {}, 'nowhere.yaml'],
    ['production (SEC-371)', ['--port', '0'], { NODE_ENV: 'production' }, 'NODE_ENV=production'],
  ])('refuses %s', async (_label, args, env, message) => {
    const { child, output } = run(args, env)
    const [code] = await once(child, 'exit')
    expect(code).toBe(1)
    expect(output.error).toContain(message)
  })

  it('can be required and imported, and starts from both', async () => {
    const { createRequire } = await import('node:module')
    const { startEmulator } = createRequire(import.meta.url)('../dist/index.cjs') as typeof import('./index.js')
    const emulator = await startEmulator({ port: 0 })
    expect((await emulator.control.state()).environmentUrl).toBe(emulator.url)
    await emulator.stop()
  })
})
