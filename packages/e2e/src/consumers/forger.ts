import { type ModuleSystem, nodeFlags } from './module-systems.js'
import { type App, Project } from './project.js'
import type { Store } from './store.js'
import { ada } from './visits.js'

const forge = `
signedIn({ user: { id: '${ada}', name: 'Ada' }, permissions: ['sk_org_users_read', 'sk_org_users_invite'] })
  .then((person) => process.stdout.write(person.cookie))
`

/** Projects that sign people in without a login, as somebody's tests do: by the packed `@scalegate/testing`. */
export class Forger {
  readonly #project: Project

  constructor(store: Store) {
    this.#project = new Project(store, 'forger', {
      type: 'commonjs',
      installs: ['@scalegate/testing'],
      files: {
        'forge.cjs': `const { signedIn } = require('@scalegate/testing')${forge}`,
        'forge.mjs': `import { signedIn } from '@scalegate/testing'${forge}`,
      },
    })
  }

  /** The text of a `Cookie` header that the app takes for Ada's. */
  async cookieFor(app: App, by: ModuleSystem): Promise<string> {
    const file = by === 'ESM' ? 'forge.mjs' : 'forge.cjs'
    const { code, output } = await this.#project.node([...nodeFlags[by], file], app.env)
    if (code !== 0) throw new Error(`No cookie could be forged: ${output}`)
    return output
  }
}
