import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createElement } from 'react'
// @ts-expect-error: react-dom has no declarations of its own, and one function needs none
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'

const built = new URL('../dist/', import.meta.url)
const require = createRequire(import.meta.url)

describe('on a server', () => {
  it('every entry can be imported and required, and makes no globals', async () => {
    const before = Object.keys(globalThis)
    for (const entry of ['index', 'react', 'csp']) {
      const imported = (await import(`${built}${entry}.js`)) as object
      const required = require(new URL(`${entry}.cjs`, built).pathname) as object
      expect(Object.keys(imported).sort()).toEqual(Object.keys(required).sort())
    }
    expect(Object.keys(globalThis)).toEqual(before)
  })

  it('React writes the element with its attributes', async () => {
    const { AdminPortal } = (await import(`${built}react.js`)) as typeof import('./react.js')
    const props = { src: '/portal', features: ['sso', 'dir_sync'], className: 'wide', onLoad: () => undefined } as const
    expect(renderToString(createElement(AdminPortal, props))).toBe(
      '<scalekit-admin-portal src="/portal" class="wide" features="sso dir_sync"></scalekit-admin-portal>',
    )
  })

  it('the React entry is for the client', () => {
    for (const file of ['react.js', 'react.cjs'])
      expect(readFileSync(new URL(file, built), 'utf8')).toMatch(/^("use strict";\s*)?"use client";/)
  })

  it('nothing is imported but React, by its own entry', () => {
    const imports = readdirSync(built)
      .filter((file) => /\.c?js$/.test(file))
      .flatMap((file) => {
        const code = readFileSync(new URL(file, built), 'utf8')
        const found = code.matchAll(/(?:^import [^'"]*|^\} from |require\()["']([^'"]+)["']/gm)
        return [...found].map(([, name]) => `${file.replace(/\.c?js$/, '')}: ${name}`)
      })
    expect([...new Set(imports)].sort()).toEqual(['react: @scalegate/browser', 'react: react'])
  })
})
