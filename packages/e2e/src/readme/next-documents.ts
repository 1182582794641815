import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import type { Installation } from '../consumers/installation.js'
import { people } from '../support/journey.js'
import { createNextApp } from './create-next-app.js'
import { applyDiff } from './diff.js'
import { Document } from './document.js'
import { type DocumentedApp, type Start, startDocumented, useDocumented } from './documented-app.js'
import { comeIn, guardsMembers, logsOut, open, streamedRedirect, walksTheTutorial } from './walk.js'

const cli = 'node_modules/next/dist/bin/next'

/** `npm start`, with the variables in `.env.local`. */
const nextStart: Start = {
  variables: '.env.local',
  args: (port) => [cli, 'start', '-p', String(port)],
  ready: 'Ready in',
}

const tutorial = new Document('docs/tutorials/next.md')
const readme = new Document('packages/next/README.md')

/** What both documents write to connect the kit, letter by letter the same: so one build serves both. */
const connection = ['lib/auth.ts', 'app/auth/[...scalegate]/route.ts', 'proxy.ts', 'instrumentation.ts'] as const

/** The tutorial's app, with the pages of the README below `/readme`. */
function files(): Readonly<Record<string, string | object>> {
  const { 'app/page.tsx': start, 'app/members/page.tsx': members, ...others } = readme.files
  if (start !== undefined || members === undefined) throw new Error(`${readme.path} has other pages than it had.`)
  return {
    ...createNextApp,
    ...others,
    ...tutorial.files,
    'app/page.tsx': applyDiff(tutorial.file('app/page.tsx'), tutorial.under('8. Log out', 'diff')),
    'app/readme/members/page.tsx': members,
    'app/readme/page.tsx': applyDiff(
      String(createNextApp['app/page.tsx']),
      readme.under('Into the app of `create-next-app`', 'diff'),
    ),
    'app/readme/bar/page.tsx': `export { AccountBar as default } from "@/components/account-bar";\n`,
  }
}

/** What somebody does who has a fresh app of `create-next-app` and follows one of the two documents. */
export function nextDocuments(installed: () => Installation): void {
  describe('docs/tutorials/next.md and packages/next/README.md', () => {
    const app = useDocumented(() => build(installed()))

    it('connect the kit by the same files', () => {
      for (const file of connection) expect(readme.file(file), file).toBe(tutorial.file(file))
    })

    describe('the tutorial', () => walksTheTutorial(app, tutorial, '/api/me'))

    describe('the README', () => {
      guardsMembers(app, '/readme/members', 'Members of org_102000000000000001, for Ada Admin')
      logsOut(app, '/readme', '/readme/members')

      it('renders the component for the browser', async () => {
        expect(await new Browser().navigate(`${app().origin}/readme/bar`)).toMatchObject({ status: 200 })
      })
    })

    it.each([
      ['/profile', 'org_102'],
      ['/members', 'Only for people'],
      ['/settings', '/auth/widgets'],
      ['/readme/members', 'Members of'],
    ])('moves a stranger on from %s, and sends nothing that is behind the guard', async (path, secret) => {
      const page = await new Browser().navigate(app().origin + path)
      expect({ status: page.status, next: streamedRedirect(page) }).toEqual({
        status: 200,
        next: `${app().origin}/auth/login?return_to=${encodeURIComponent(path)}`,
      })
      expect(page.text).not.toContain(secret)
    })

    it.each([
      ['/members', 'Only for people'],
      ['/readme/members', 'Members of'],
    ])('moves Gil on from %s to the 403 page, and sends nothing that is behind the guard', async (path, secret) => {
      const gil = new Browser()
      await comeIn(app(), '/profile', people.gil, gil)
      const page = await gil.navigate(app().origin + path)
      expect({ status: page.status, next: streamedRedirect(page) }).toEqual({
        status: 200,
        next: `${app().origin}/auth/forbidden`,
      })
      expect(page.text).not.toContain(secret)
    })

    it('prints no complaint when pages are opened twice', async () => {
      const ada = new Browser()
      await comeIn(app(), '/profile', people.ada, ada)
      const paths = ['/', '/profile', '/members', '/settings', '/readme', '/readme/members', '/readme/bar']
      for (const path of [...paths, ...paths]) {
        expect(await open(ada, app().origin + path), path).toMatchObject({ status: 200, url: app().origin + path })
      }
      // Next complains a moment after the page: of clocks that were read while it rendered ahead, for instance.
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(app().output()).not.toMatch(/error|unstable value|⨯/i)
    })
  })
}

async function build(installation: Installation): Promise<DocumentedApp> {
  const project = installation.project('next-documents', {
    type: 'commonjs',
    installs: [
      ...['@scalegate/next', '@scalegate/emulator', 'next', 'react', 'react-dom'],
      ...['typescript', '@types/react', '@types/node'],
    ],
    files: files(),
  })
  // No variable of the kit: builds have no secrets.
  const { code, output } = await project.node([cli, 'build'])
  expect(code, output).toBe(0)
  return startDocumented(project, nextStart)
}
