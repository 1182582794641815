import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** What `next build` has made of the example, which uses the kit in pages, actions, a proxy and components of the browser. */
const build = fileURLToPath(new URL('../../../../examples/next/.next/', import.meta.url))

/** Texts of the kit's server that no minifier changes: variables, the derivation of keys, the token request. */
const ofTheServer = ['SCALEKIT_CLIENT_SECRET', 'COOKIE_ENCRYPTION_SECRET', 'scalegate seal 1', 'grant_type', 'Fe26.2']

const scripts = (folder: string): readonly string[] =>
  readdirSync(`${build}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(`${build}${folder}/${name}`, 'utf8'))

describe('what the browser is given by an app on Next', () => {
  it.each(ofTheServer)('SEC-370 has nothing of the server: %s', (text) => {
    const holds = (script: string) => script.includes(text)
    expect(scripts('static').filter(holds)).toEqual([])
    // The server does have it, so that the search can find something.
    expect(scripts('server').some(holds)).toBe(true)
  })
})
