import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { parseSeed } from './parse.js'
import type { Seed } from './types.js'

/**
 * Reads a seed file: YAML or JSON (which is YAML).
 *
 * @throws Error naming the file and, for a wrong shape, the path inside it.
 */
export async function loadSeed(path: string): Promise<Seed> {
  const source = await readFile(path, 'utf8')
  try {
    return parseSeed(parse(source))
  } catch (cause) {
    throw new Error(`Seed ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
