import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Published, published, unpackTarballs, workspace } from './tarballs.js'

/** What a package says of itself. */
interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/**
 * The packed packages, each one alone with what its own manifest declares, as pnpm lays them out: dependencies and peers
 * are its neighbours, and no folder above has any.
 */
export class Store {
  /** Outside the repository, because Node looks into every folder above, and the root of the repository has a lot. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalegate-consumers-')))

  static async open(): Promise<Store> {
    const store = new Store()
    try {
      mkdirSync(store.#unpacked())
      await unpackTarballs(store.#unpacked())
      for (const name of published) store.shelve(name)
      return store
    } catch (error) {
      store.remove()
      throw error
    }
  }

  /** Where something is that a project asks for by name: a packed package, or what the workspace has installed. */
  locate(name: string): string {
    const own = published.find((short) => name === `@scalegate/${short}`)
    if (own !== undefined) return this.#place(own, own)
    const shelves = [...published.map((short) => `${workspace}packages/${short}`), workspace]
    const found = shelves.map((shelf) => join(shelf, 'node_modules', name)).find(existsSync)
    if (found === undefined) throw new Error(`Nothing in the workspace has ${name} installed.`)
    return realpathSync(found)
  }

  /** Lays a package out; `alter` gets the folder of an own copy, for packages that are broken on purpose. */
  shelve(name: Published, shelf: string = name, alter: (folder: string) => void = () => undefined): string {
    const place = this.#place(name, shelf)
    cpSync(join(this.#unpacked(), name), place, { recursive: true })
    alter(place)
    const { dependencies, peerDependencies } = manifestOf(place)
    const beside = join(this.folder, shelf, 'node_modules')
    for (const [needed, range] of Object.entries({ ...dependencies, ...peerDependencies }))
      link(this.#neighbour(name, needed, range), join(beside, needed))
    return place
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #neighbour(of: Published, needed: string, range: string): string {
    const own = published.find((short) => needed === `@scalegate/${short}`)
    if (own === undefined) return realpathSync(join(workspace, 'packages', of, 'node_modules', needed))
    const { version } = manifestOf(join(this.#unpacked(), own))
    if (range !== version)
      throw new Error(`@scalegate/${of} asks for ${needed} ${range}; what is released is ${version}.`)
    return this.#place(own, own)
  }

  #unpacked(): string {
    return join(this.folder, 'tarballs')
  }

  #place(name: Published, shelf: string): string {
    return join(this.folder, shelf, 'node_modules/@scalegate', name)
  }
}

/** A link to where a package really is, its folder made first. */
export function link(target: string, place: string): void {
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(target, place, 'dir')
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
