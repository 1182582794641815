import { describe, expect, it } from 'vitest'
import { filesBelow } from './sources.js'

/**
 * The examples are one app on three frameworks, and each runs alone, so what they have in common stands in each of them.
 * The Express example is the original.
 */
const shared: Readonly<Record<string, readonly string[]>> = {
  hono: ['public/style.css', 'public/icon.svg', 'public/new-project.js', 'local-scalekit.js', 'workspaces.js'],
  next: ['public/style.css', 'public/icon.svg', 'local-scalekit.js'],
}

const textOf = (example: string, file: string) => filesBelow(`examples/${example}/${file}`, /./).map(({ text }) => text)

describe('the examples', () => {
  it.each(Object.entries(shared).flatMap(([example, files]) => files.map((file) => [example, file] as const)))(
    '%s has the %s of Express',
    (example, file) => {
      expect(textOf(example, file)).toEqual(textOf('express', file))
      expect(textOf(example, file)).toHaveLength(1)
    },
  )
})
