import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { framed, http2Request } from '../test/grpc.js'

const here = fileURLToPath(new URL('../../', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'scalegate-without-sdk-'))
afterAll(() => rmSync(root, { recursive: true }))

/** An app that has the emulator as npm installs it: its dependencies, and no SDK. */
function install(): string {
  const modules = join(root, 'node_modules')
  const dependencies = ['@hono/node-server', 'hono', 'jose', 'oidc-provider', 'yaml']
  for (const name of dependencies) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(realpathSync(join(here, 'node_modules', name)), join(modules, name))
  }
  const own = join(modules, '@scalegate', 'emulator')
  for (const part of readdirSync(here).filter((name) => name === 'dist' || name === 'package.json')) {
    cpSync(join(here, part), join(own, part), { recursive: true })
  }
  return join(own, 'dist', 'bin.js')
}

it('answers everything but gRPC without the SDK, and says what is missing', async () => {
  // pnpm's launchers tell Node where else to look.
  const { NODE_PATH: _, ...env } = process.env
  const program = spawn(process.execPath, [install(), '--port', '0'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let printed = ''
    program.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await expect.poll(() => printed, { timeout: 20_000 }).toMatch(/http:\/\/localhost:\d+/)
    const [url = ''] = /http:\/\/localhost:\d+/.exec(printed) ?? []
    expect((await fetch(`${url}/keys`)).status).toBe(200)
    const path = '/scalekit.v1.users.UserService/GetUser'
    const { headers } = await http2Request(url, { ':path': path }, framed(Buffer.of()))
    expect(headers['grpc-status']).toBe('12')
    expect(decodeURIComponent(String(headers['grpc-message']))).toContain('needs @scalekit-sdk/node installed')
  } finally {
    const ended = once(program, 'exit')
    program.kill()
    await ended
  }
})
