import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from './program.js'

/** The repository. */
export const workspace = fileURLToPath(new URL('../../../..', import.meta.url))

/** What users install, without the scope of its name. */
export const published = [
  'core',
  'express',
  'hono',
  'next',
  'plugins',
  'redis',
  'browser',
  'testing',
  'emulator',
] as const
export type Published = (typeof published)[number]

/**
 * Packs every published package as a release would and unpacks it into `<folder>/<name>`. It is pnpm that packs: only
 * pnpm turns `workspace:*` into versions.
 */
export async function unpackTarballs(folder: string): Promise<void> {
  const { packageManager } = JSON.parse(readFileSync(`${workspace}/package.json`, 'utf8')) as { packageManager: string }
  const pack = published.map((name) => `pnpm --dir packages/${name} pack --out '${folder}/${name}.tgz'`).join(' && ')
  // The tests of the workspace run with this pnpm on their PATH, and npm has it in its cache in any case.
  const pinned = ['exec', '--yes', '--prefer-offline', `--package=${packageManager}`, '-c', pack]
  await succeed('npm', pinned, workspace)
  for (const name of published) {
    mkdirSync(`${folder}/${name}`)
    // Tarballs of npm have one folder at their top.
    await succeed('tar', ['-xzf', `${folder}/${name}.tgz`, '-C', `${folder}/${name}`, '--strip-components=1'], folder)
  }
}

async function succeed(command: string, args: readonly string[], folder: string): Promise<void> {
  const { code, output } = await run(command, args, { folder })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`)
}
