import { fileURLToPath } from 'node:url'
import { type Harness, NotApplicable } from '@scalegate/testing/audits'
import { startProgram } from './program.js'

/** What no adapter can change. An audit that is named here must fail, or the reason is no longer true. */
const differs: Harness['differs'] = {
  whdv: 'There is no property to read. What can be forgotten is the `await` of a guard, and only development reports that.',
  hx5p: 'Nothing of an app on Next stands where it could put a session before the kit.',
  v8kd: 'Next renders a page beside its layouts and sends both, so a layout protects nothing: each page guards itself.',
  cf57: 'To somebody signed in the proxy answers privately, because it runs before anybody knows whether the page asks.',
  kx8g: 'Next cannot represent a TRACE request, and answers 500 before any code of the app.',
  k8vr: 'The proxy refreshes for every address that its matcher lets through: it runs before anybody knows whether the page asks.',
  d5wm: 'Next hides the headers of its router from the proxy. Its prefetch is a fetch whose cookies the browser keeps.',
  w4zx: 'Next answers `*` with 500 before any code of the app.',
  '5xw9': 'Next answers an absolute-form target with 308 before any code of the app.',
}

const differs16: Harness['differs'] = {
  d8qz: 'Where a proxy runs, Next takes the whole body in (10 MB at the most) before a route sees it.',
  m7tq: 'Next answers a malformed escape below a dynamic route with 500 before any code of the app.',
}

/** The audited app, built once per version and base path: packages/e2e/fixtures. */
function nextHarness(version: 15 | 16, own: Harness['differs'] = {}): Harness {
  const cwd = fileURLToPath(new URL(`../../../e2e/fixtures/next${version}`, import.meta.url))
  return {
    name: `Next ${version}`,
    differs: { ...differs, ...own },
    async start(settings) {
      if (settings.variant === 'parser')
        throw new NotApplicable('Nothing of the app stands before a route handler of Next, so no parser can.')
      const next = ['node_modules/next/dist/bin/next', 'start', '-p', String(settings.port), '-H', '127.0.0.1']
      return startProgram(settings, { args: next, cwd, patience: 60_000 })
    },
  }
}

export const next15: Harness = nextHarness(15)
export const next16: Harness = nextHarness(16, differs16)
