import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: this repository needs Node 20.19 or newer.`)
  process.exit(1)
}

const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

/** Runs a shell command with the pinned pnpm and the workspace's own tools on PATH; npm fetches pnpm if it is not there. */
export function workspaceCommand(command, options = {}) {
  const pinned = ['exec', '--yes', `--package=${packageManager}`, '-c', command]
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', pinned, options)
}

/** Runs a program to its end, its output on ours: at once, when it has ended (`held`), or only if it fails (`quiet`). Resolves to the exit code. */
export function run(command, args, { env = {}, quiet = false, held = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, npm_config_loglevel: 'error', ...env },
      stdio: quiet || held ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    })
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (held || code !== 0) process.stdout.write(Buffer.concat(output))
      resolve(code ?? 1)
    })
  })
}

/** Installs what is missing and builds the packages. Says what it does, because the first time takes a minute. */
export async function prepare() {
  if (!isInstalled())
    await step('Installing dependencies', () => workspaceCommand('pnpm install --frozen-lockfile', { quiet: true }))
  await step('Building packages', () => workspaceCommand('turbo run build --output-logs=errors-only', { quiet: true }))
}

/** Builds the Next apps that are named, or all of them: the example, and those that the tests run. One at a time, each takes a core and more. */
export async function prepareApps(...names) {
  const filters = names.map((name) => `--filter=${name}`).join(' ')
  await step('Building Next apps', () =>
    workspaceCommand(`turbo run build-app --concurrency=1 --output-logs=errors-only ${filters}`, { quiet: true }),
  )
}

async function step(title, work) {
  process.stdout.write(`${title} … `)
  const started = Date.now()
  const code = await work()
  console.log(code === 0 ? `done in ${((Date.now() - started) / 1000).toFixed(1)} s` : 'failed')
  if (code !== 0) process.exit(code)
}

function isInstalled() {
  const marker = `${root}/node_modules/.modules.yaml`
  if (!existsSync(marker)) return false
  const installedAt = statSync(marker).mtimeMs
  return ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml'].every(
    (file) => statSync(`${root}/${file}`).mtimeMs <= installedAt,
  )
}
