import type { DirectoryPerson, FormerPerson, KnownPerson, PeopleOptions } from '../../directory.js'

interface Row extends KnownPerson {
  readonly organizationId: string
  readonly person?: DirectoryPerson
}

/** The table of an app: rows by the id of the directory, and what was asked of it. */
export class Table {
  readonly rows = new Map<string, Row>()
  readonly calls: string[] = []
  /** How often the next functions throw. */
  failures = 0
  /** Called before a function does anything. */
  told: (() => unknown) | undefined

  readonly options: PeopleOptions = {
    upsert: async (person, { reason }) => {
      this.calls.push(`${reason} upsert ${person.id}`)
      await this.#mayFail()
      const { id, email, organizationId, fingerprint } = person
      this.rows.set(id, { id, organizationId, active: true, person, fingerprint, ...(email ? { email } : {}) })
    },
    deactivate: async ({ id, organizationId }: FormerPerson, { reason }) => {
      this.calls.push(`${reason} deactivate ${id}`)
      await this.#mayFail()
      const row = this.rows.get(id)
      this.rows.set(id, { ...row, id, organizationId, active: false })
    },
    list: (organizationId) => [...this.rows.values()].filter((row) => row.organizationId === organizationId),
  }

  /** Active people: id → family name. */
  get active(): Readonly<Record<string, string | undefined>> {
    const active = [...this.rows.values()].filter((row) => row.active)
    return Object.fromEntries(active.map(({ id, person }) => [id, person?.familyName]).sort())
  }

  async #mayFail(): Promise<void> {
    this.told?.()
    await new Promise((resolve) => setImmediate(resolve))
    if (this.failures === 0) return
    this.failures -= 1
    throw new Error('The table does not answer.')
  }
}
