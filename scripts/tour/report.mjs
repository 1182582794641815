/** Keeps each step with its outcome. A step holds if its function returns without throwing. */
export class Report {
  passed = 0
  failed = 0
  lines = []

  heading(text) {
    this.lines.push('', text)
  }

  async step(title, work) {
    try {
      const evidence = await work()
      this.passed += 1
      this.lines.push(`  ✓ ${title}${evidence === undefined ? '' : `  (${evidence})`}`)
    } catch (error) {
      this.failed += 1
      this.lines.push(`  ✗ ${title}\n      ${error.message}`)
    }
  }
}

/** Throws unless `actual` is `expected`. */
export function must(what, actual, expected) {
  if (actual !== expected)
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}

export function mustHold(what, holds) {
  if (!holds) throw new Error(what)
}
