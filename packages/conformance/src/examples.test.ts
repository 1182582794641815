import { describe, expect, it } from 'vitest'
import { filesBelow } from './sources.js'

/**
 * The examples are one app on three frameworks, and each runs alone, so what they have in common stands in each of them.
 * The Express example is the original.
 */
const shared: Readonly<Record<string, readonly string[]>> = {
  hono: [
    'public/style.css',
    'public/settings.css',
    'public/icon.svg',
    'public/new-project.js',
    'public/portal.js',
    'local-scalekit.js',
    'workspaces.js',
  ],
  next: ['public/style.css', 'public/settings.css', 'public/icon.svg', 'local-scalekit.js'],
}

/** The views differ in where `html` comes from, and in nothing else. */
const settingsViews = ['login', 'settings/frame', 'settings/menu', 'settings/organization', 'settings/members']
  .concat(['settings/portal', 'settings/directory', 'settings/sessions'])
  .map((name) => `views/${name}.js`)

const textOf = (example: string, file: string) => filesBelow(`examples/${example}/${file}`, /./).map(({ text }) => text)

describe('the examples', () => {
  it.each(Object.entries(shared).flatMap(([example, files]) => files.map((file) => [example, file] as const)))(
    '%s has the %s of Express',
    (example, file) => {
      expect(textOf(example, file)).toEqual(textOf('express', file))
      expect(textOf(example, file)).toHaveLength(1)
    },
  )

  it.each(settingsViews)('hono has the %s of Express, on its own `html`', (file) => {
    const [original = ''] = textOf('express', file)
    expect(textOf('hono', file)).toEqual([
      original.replace(/^import \{ html \} from '[./]+html\.js'/, "import { html } from 'hono/html'"),
    ])
  })
})
