import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AuditFailure, type AuditProvider, audits, Bench, type Harness, NotApplicable } from '@scalegate/testing/audits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const artifacts = fileURLToPath(new URL('../../../artifacts/conformance', import.meta.url))
const committed = fileURLToPath(new URL('../results', import.meta.url))

type Outcome = 'pass' | 'fail' | { readonly differs: string } | { readonly notApplicable: string }

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
    const results: Record<string, Outcome> = {}
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
          try {
            await audit.run(bench)
            results[audit.id] = 'pass'
          } catch (error) {
            if (!(error instanceof NotApplicable)) throw error
            results[audit.id] = { notApplicable: error.message }
          }
        })
      } else {
        it(`${audit.id} differs: ${audit.name}`, async () => {
          results[audit.id] = 'fail'
          // Seen by the audit itself: a bench that breaks is no difference.
          await expect(audit.run(bench), `it holds now, so this is no longer true: ${reason}`).rejects.toBeInstanceOf(
            AuditFailure,
          )
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
