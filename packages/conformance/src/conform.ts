import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type AuditProvider, audits, Bench, type Harness } from '@scalegate/testing/audits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const artifacts = fileURLToPath(new URL('../../../artifacts/conformance', import.meta.url))
const committed = fileURLToPath(new URL('../results', import.meta.url))

/** One column of the table of conformance. */
export interface Column {
  /** Name of the files of results. */
  readonly id: string
  readonly title: string
  readonly harness: Harness
  readonly provider: AuditProvider
}

/**
 * Runs the whole list against one adapter, one audit after the other. What comes out is written to
 * `artifacts/conformance`, and must be what is committed; `-u` brings the committed results up to date.
 */
export function conform({ id, title, harness, provider }: Column): void {
  describe(title, () => {
    const results: Record<string, 'pass' | 'fail' | { readonly differs: string }> = {}
    let bench: Bench
    beforeAll(async () => {
      bench = await Bench.start(harness, provider)
    })
    afterAll(() => bench?.stop())

    for (const audit of audits) {
      const reason = harness.differs?.[audit.id]
      if (reason === undefined) {
        it(`${audit.id} ${audit.name}`, async () => {
          results[audit.id] = 'fail'
          await audit.run(bench)
          results[audit.id] = 'pass'
        })
      } else {
        it(`${audit.id} differs: ${audit.name}`, async () => {
          results[audit.id] = 'fail'
          await expect(audit.run(bench), `it holds now, so this is no longer true: ${reason}`).rejects.toThrow()
          results[audit.id] = { differs: reason }
        })
      }
    }

    it('came out as committed', async ({ skip }) => {
      // Some audits were left out by name; the table is made of whole runs only.
      if (Object.keys(results).length !== audits.length) skip()
      const text = `${JSON.stringify({ title, results }, null, 2)}\n`
      mkdirSync(artifacts, { recursive: true })
      writeFileSync(`${artifacts}/${id}.json`, text)
      if (Object.values(results).includes('fail')) throw new Error('Some audits failed; the committed results stay.')
      await expect(text).toMatchFileSnapshot(`${committed}/${id}.json`)
    })
  })
}
