import { randomUUID } from 'node:crypto'

/** The backend's own people, in memory. */
export class Users {
  #byId = new Map()
  #bySubject = new Map()

  find(id) {
    return this.#byId.get(id)
  }

  /**
   * The person whom an organization's identity provider vouches for, created at the first login. Who they are is issuer
   * and subject. The e-mail address is only something to show: whoever can choose one would be given somebody's account.
   */
  findOrCreateBySubject({ issuer, subject, name, email, organizationId }) {
    const key = JSON.stringify([issuer, subject])
    const user = this.#bySubject.get(key) ?? { id: randomUUID() }
    this.#bySubject.set(key, user)
    this.#byId.set(user.id, user)
    return Object.assign(user, { name, email, organizationId })
  }
}
