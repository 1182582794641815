import { describe, expect, it } from 'vitest'
import type { Installation } from '../consumers/installation.js'
import { after, applyDiff } from './diff.js'
import { Document } from './document.js'
import { plainNode, startDocumented, useDocumented } from './documented-app.js'
import { guardsMembers, logsOut, walksTheTutorial } from './walk.js'

interface Framework {
  readonly name: 'express' | 'hono'
  readonly installs: readonly string[]
  /** How the last line of the program begins, above which the tutorial puts its routes. */
  readonly last: string
}

const frameworks: readonly Framework[] = [
  { name: 'express', installs: ['express'], last: 'app.listen(' },
  { name: 'hono', installs: ['hono', '@hono/node-server'], last: 'serve(' },
]

/** What somebody does who types a tutorial, or the README of a package, into an editor. */
export function serverDocuments(installed: () => Installation): void {
  const start = async (name: string, { name: framework, installs }: Framework, program: string) => {
    const project = installed().project(name, {
      type: 'commonjs',
      installs: [...installs, `@scalegate/${framework}`, '@scalegate/emulator'],
      files: { 'app.mjs': program },
    })
    return startDocumented(project, plainNode)
  }

  const tutorials = frameworks.map((framework) => [`docs/tutorials/${framework.name}.md`, framework] as const)

  describe.each(tutorials)('%s', (path, framework) => {
    const tutorial = new Document(path)
    const app = useDocumented(() => start(`tutorial-${framework.name}`, framework, tutorial.program))

    walksTheTutorial(app, tutorial, '/profile')

    it('comes to its whole program by its steps', () => {
      expect(typed(tutorial, framework.last)).toBe(tutorial.program)
    })

    it('does not start with a misspelt permission, and says which', async () => {
      const misspelt = tutorial.program.replace('sk_org_users_read', 'sk_org_user_read')
      const starting = start(`misspelt-${framework.name}`, framework, misspelt)
      await expect(starting).rejects.toThrow('"sk_org_user_read" is not a Scalekit permission')
    })
  })

  describe('packages/express/README.md', () => {
    const [express] = frameworks
    const diff = new Document('packages/express/README.md').under('@scalegate/express', 'diff')
    // The app of the reader listens further below.
    const app = useDocumented(() => start('readme-express', express!, `${after(diff)}\napp.listen(3000)\n`))
    guardsMembers(app, '/members', 'usr_104000000000000001')
  })

  describe('packages/hono/README.md', () => {
    const [, hono] = frameworks
    const [program, manifest] = new Document('packages/hono/README.md').fences.filter(
      ({ language }) => language === 'diff',
    )
    const app = useDocumented(() => start('readme-hono', hono!, after(program?.code ?? '')))
    guardsMembers(app, '/members', 'usr_104000000000000001')
    logsOut(app, '/', '/members')

    it('starts what create-hono writes with the variables', () => {
      const { scripts } = JSON.parse(
        `{${after(manifest?.code ?? '')
          .trim()
          .replace(/,$/, '')}}`,
      )
      expect(Object.keys(scripts)).toEqual(['dev', 'build', 'start'])
      expect(scripts).toMatchObject({ start: `node ${plainNode.args(0)[0]} dist/index.js` })
    })
  })
}

/** The program that one has after the last step: each fence above the last line, each diff applied. */
function typed(tutorial: Document, last: string): string {
  const steps = tutorial.fences.filter(({ mark, language }) => mark === undefined && /^(?:js|diff)$/.test(language))
  return steps.reduce(
    (program, { language, code }) =>
      language === 'diff' ? applyDiff(program, code) : program.replace(`\n${last}`, () => `\n${code}\n${last}`),
    tutorial.file('app.mjs'),
  )
}
