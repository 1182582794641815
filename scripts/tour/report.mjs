/** Prints each step with its outcome and keeps count. A step holds if its function returns without throwing. */
export class Report {
  passed = 0
  failed = 0

  heading(text) {
    console.log(`\n${text}`)
  }

  async step(title, work) {
    try {
      const evidence = await work()
      this.passed += 1
      console.log(`  ✓ ${title}${evidence === undefined ? '' : `  (${evidence})`}`)
    } catch (error) {
      this.failed += 1
      console.log(`  ✗ ${title}\n      ${error.message}`)
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
