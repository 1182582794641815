import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, importsOf, isPublished, type SourceFile } from './sources.js'

/**
 * The floors of core (design: a file imports from its own folder and from lower floors). Within the ground floor the
 * order is errors, model, options, state; guards stand above session's neighbours because they only decide.
 */
const floors: Readonly<Record<string, number>> = {
  errors: 0,
  model: 0.1,
  options: 0.2,
  state: 0.3,
  crypto: 0.5,
  http: 1,
  cookies: 2,
  protocol: 2,
  seal: 2,
  store: 2.4,
  management: 2.5,
  revocation: 3,
  guards: 3,
  session: 3,
  transaction: 3,
  context: 4,
  routes: 4,
  auth: 5,
}

/** For Node alone, and nothing of core imports it. */
const bridge = 'packages/core/src/diagnostics.ts'
const core = filesBelow('packages/core/src', /\.ts$/).filter(({ path }) => isPublished(path) && path !== bridge)
const entries = ['index.ts', 'management.ts', 'permissions.ts', 'plugin.ts', 'store.ts', 'testing.ts']
const folderOf = (path: string) => path.slice('packages/core/src/'.length).split('/')[0] ?? ''

describe('the floors of core', () => {
  it('has sources to read', () => {
    expect(core.length).toBeGreaterThan(60)
  })

  it('every file looks downward only', () => {
    const rooms = core.filter(({ path }) => !entries.includes(folderOf(path)))
    expect(violations(rooms, upwardImports)).toEqual([])
  })

  it.each(entries)('%s is a list of names', (entry) => {
    const found = core.find(({ path }) => path === `packages/core/src/${entry}`)
    const logic = withoutComments(found?.text ?? 'missing').replaceAll(/export (?:type )?\{[^}]*\} from '[^']+'/g, '')
    expect(logic.trim()).toBe('')
  })
})

describe('what may be imported', () => {
  it('core: four libraries, no platform, no framework', () => {
    expect(violations(core, foreignImports(/^(\.|jose$|iron-session$|cookie$|zod\/mini$)/))).toEqual([])
  })

  it('the emulator shares no code with the kit, so that one misreading cannot make both wrong', () => {
    const emulator = filesBelow('packages/emulator/src', /\.ts$/)
    const shared = (file: SourceFile) =>
      importsOf(file).filter((name) => /^@scalegate\/(?!emulator)|\.\.\/(core|express)\//.test(name))
    expect(emulator.length).toBeGreaterThan(20)
    expect(violations(emulator, shared)).toEqual([])
  })

  it('express: core and its framework', () => {
    const express = filesBelow('packages/express/src', /\.ts$/).filter(({ path }) => isPublished(path))
    expect(express.length).toBeGreaterThan(4)
    expect(violations(express, foreignImports(/^(\.|node:|express$|on-headers$|@scalegate\/core$)/))).toEqual([])
  })

  it('hono: core and its framework, so that it runs wherever Hono does', () => {
    const hono = filesBelow('packages/hono/src', /\.ts$/).filter(({ path }) => isPublished(path))
    expect(hono.length).toBeGreaterThan(3)
    expect(violations(hono, foreignImports(/^(\.|hono(\/[a-z-]+)*$|@scalegate\/core$)/))).toEqual([])
  })

  it('next: core, its framework and React', () => {
    const next = filesBelow('packages/next/src', /\.tsx?$/).filter(({ path }) => isPublished(path))
    expect(next.length).toBeGreaterThan(6)
    expect(
      violations(
        next,
        foreignImports(/^(\.|next\/(headers\.js|server\.js|navigation)$|react$|@scalegate\/core(\/permissions)?$)/),
      ),
    ).toEqual([])
  })

  it('plugins: core alone, so that they run on every framework', () => {
    const plugins = filesBelow('packages/plugins/src', /\.ts$/).filter(({ path }) => isPublished(path))
    expect(plugins.length).toBeGreaterThan(0)
    expect(violations(plugins, foreignImports(/^(\.|@scalegate\/core(\/(management|plugin))?$)/))).toEqual([])
  })

  it('redis: the store port of core, and no client, so that the app brings its own', () => {
    const redis = filesBelow('packages/redis/src', /\.ts$/).filter(({ path }) => isPublished(path))
    expect(redis.length).toBeGreaterThan(8)
    expect(violations(redis, foreignImports(/^(\.|@scalegate\/core\/store$)/))).toEqual([])
  })

  it('browser: nothing, and React in its React entry, beside the element itself', () => {
    const browser = filesBelow('packages/browser/src', /\.ts$/).filter(({ path }) => isPublished(path))
    const isReact = ({ path }: SourceFile) => path === 'packages/browser/src/react.ts'
    const others = browser.filter((file) => !isReact(file))
    expect(others.length).toBeGreaterThan(10)
    expect(violations(others, foreignImports(/^\./))).toEqual([])
    expect(violations(browser.filter(isReact), foreignImports(/^(\.|react$|@scalegate\/browser$)/))).toEqual([])
  })

  it('scripts and tour: Node alone, before anything is installed', () => {
    const scripts = filesBelow('scripts', /\.mjs$/).filter(({ path }) => !path.includes('/generate/'))
    expect(scripts.length).toBeGreaterThan(5)
    expect(violations(scripts, foreignImports(/^(\.|node:)/))).toEqual([])
  })
})

describe('builds', () => {
  it('remove nothing while others of the same package run', () => {
    const configs = [...filesBelow('packages', /\/tsup\.config\.ts$/), ...filesBelow('.', /^tsup\.base\.ts$/)]
    const ofSeveral = configs.filter(({ text }) => text.includes('packageConfig'))
    expect(ofSeveral.length).toBeGreaterThan(6)
    expect(ofSeveral.filter(({ text }) => text.includes('clean: true')).map(({ path }) => path)).toEqual([])
  })
})

describe('what core may not say', () => {
  const banned: readonly (readonly [string, RegExp])[] = [
    ['`process` outside options/environment.ts', /(?<![\w'/-])process(?![\w-])/],
    ['`Buffer`, which is of Node', /\bBuffer\b/],
    ['`Math.random`, which can be guessed', /Math\.random/],
    ['`console`: the kit prints nothing', /\bconsole\s*\./],
    ['`eval`', /\beval\s*\(|new Function\b/],
  ]
  it.each(banned)('%s', (_, pattern) => {
    const rooms = core.filter(({ path }) => path !== 'packages/core/src/options/environment.ts')
    expect(rooms.filter(({ text }) => pattern.test(withoutComments(text))).map(({ path }) => path)).toEqual([])
  })
})

describe('rooms', () => {
  const published = filesBelow('packages', /\/src\/.*\.tsx?$/).filter(
    ({ path }) => isPublished(path) && !path.startsWith('packages/e2e'),
  )

  /** A table of data may be as long as its data. */
  const tables = ['packages/core/src/errors/error-codes.ts']

  it('hold one noun: at most 300 lines', () => {
    const rooms = published.filter(({ path }) => !tables.includes(path))
    expect(rooms.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path)).toEqual([])
  })

  it('have names that say what they are', () => {
    const vague = /\/(utils?|helpers?|common|misc|[a-z-]*manager)(\/|\.|-)/
    expect(published.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([])
  })
})

function violations(files: readonly SourceFile[], check: (file: SourceFile) => readonly string[]): readonly string[] {
  return files.flatMap((file) => check(file).map((violation) => `${file.path}: ${violation}`))
}

function foreignImports(allowed: RegExp): (file: SourceFile) => readonly string[] {
  return (file) => importsOf(file).filter((specifier) => !allowed.test(specifier))
}

function upwardImports(file: SourceFile): readonly string[] {
  const from = folderOf(file.path)
  const floor = floors[from]
  if (floor === undefined) return [`${from} has no floor`]
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .flatMap((specifier) => {
      const to = folderOf(posix.join(posix.dirname(file.path), specifier))
      const target = floors[to]
      if (target === undefined) return [`${to} has no floor`]
      if (to === from || target < floor) return []
      // Neighbours on one floor may speak of each other's types, not call each other.
      const sideways = target === floor
      if (sideways && importsTypesOnly(file, specifier)) return []
      return [`${from} may not ${sideways ? 'call' : 'know'} ${to} (${specifier})`]
    })
}

function importsTypesOnly(file: SourceFile, specifier: string): boolean {
  const escaped = specifier.replaceAll('.', '\\.')
  const statements = [...file.text.matchAll(new RegExp(`^(import|export)\\b([^'"]*?)from\\s+['"]${escaped}['"]`, 'gm'))]
  return statements.every(([, , names = '']) => {
    if (/^\s*type\b/.test(names)) return true
    const braces = /\{([^}]*)\}/.exec(names)?.[1] ?? ''
    return (
      braces !== '' &&
      braces
        .split(',')
        .filter((name) => name.trim() !== '')
        .every((name) => /^\s*type\b/.test(name))
    )
  })
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:'"`])\/\/.*$/gm, '$1')
}
