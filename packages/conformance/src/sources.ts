import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root: string = fileURLToPath(new URL('../../..', import.meta.url))

/** A tracked or new file of the repository with its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** The files git knows or would know, below a folder. */
export function filesBelow(folder: string, pattern: RegExp): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', folder], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter((path) => pattern.test(path))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(`${root}/${path}`, 'utf8') }]
      } catch {
        // Deleted, and not yet in a commit.
        return []
      }
    })
}

/** Published TypeScript: neither tests nor what only tests import. */
export function isPublished(path: string): boolean {
  return /\.tsx?$/.test(path) && !/\.(test|test-d|bench)\.ts$|\/test\/|\.d\.ts$/.test(path)
}

/** The specifiers a file imports or exports from, types included. */
export function importsOf({ text }: SourceFile): readonly string[] {
  return [
    ...text.matchAll(
      /^(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
    ),
  ].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
}
