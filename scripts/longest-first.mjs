import { BaseSequencer } from 'vitest/node'

/** Vitest begins with the largest files on a fresh machine; of these few lines start whole apps. Begun last, they keep one core only. */
const longest = [
  'e2e/src/processes/',
  'e2e/src/consumers/',
  'e2e/src/readme/documents',
  'e2e/src/next/next',
  'conformance/src/audits/',
  'e2e/src/browser/appearance',
  'e2e/src/browser/settings-permissions',
  'e2e/src/browser/back-office',
  'e2e/src/browser/',
]

const rankOf = ({ moduleId }) => {
  const rank = longest.findIndex((part) => moduleId.includes(part))
  return rank === -1 ? longest.length : rank
}

export class LongestFirst extends BaseSequencer {
  /** @override */
  async sort(files) {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
