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
    'staff/customer.js',
  ],
  next: ['public/style.css', 'public/settings.css', 'public/icon.svg', 'local-scalekit.js'],
}

/** The views differ in where `html` comes from, and in nothing else. */
const sharedViews = ['login', 'settings/frame', 'settings/menu', 'settings/organization', 'settings/members']
  .concat(['settings/portal', 'settings/directory', 'settings/sessions', 'staff/customers'])
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

  it.each(sharedViews)('hono has the %s of Express, on its own `html`', (file) => {
    const [original = ''] = textOf('express', file)
    // Imports are sorted, so that this one does not always come first.
    expect(textOf('hono', file).map((text) => text.replace("import { html } from 'hono/html'\n", ''))).toEqual([
      original.replace(/^import \{ html \} from '[./]+html\.js'\n/m, ''),
    ])
  })
})
