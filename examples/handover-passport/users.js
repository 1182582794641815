import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** The app's own people, in memory. Some have a password, some come through the SSO of their organization. */
export class Users {
  #byId = new Map()
  #byEmail = new Map()
  #bySubject = new Map()

  find(id) {
    return this.#byId.get(id)
  }

  async addWithPassword({ name, email, password }) {
    const salt = randomBytes(16)
    const user = { id: randomUUID(), name, email, password: { salt, hash: await hashOf(password, salt) } }
    this.#byEmail.set(email, user)
    return this.#add(user)
  }

  /** The person of this address and password, or undefined; a wrong address takes as long as a wrong password. */
  async findByPassword(email, password) {
    const user = this.#byEmail.get(email)
    const { salt, hash } = user?.password ?? nobody
    return timingSafeEqual(await hashOf(password, salt), hash) ? user : undefined
  }

  /**
   * The person whom an organization's identity provider vouches for, created at the first login. Who they are is issuer
   * and subject. The e-mail address is only something to show: whoever can choose one would be given somebody's account.
   */
  findOrCreateBySubject({ issuer, subject, name, email, organizationId }) {
    const key = JSON.stringify([issuer, subject])
    const user = this.#bySubject.get(key) ?? this.#add({ id: randomUUID() })
    this.#bySubject.set(key, user)
    return Object.assign(user, { name, email, organizationId })
  }

  #add(user) {
    this.#byId.set(user.id, user)
    return user
  }
}

const nobody = { salt: randomBytes(16), hash: randomBytes(32) }

function hashOf(password, salt) {
  return promisify(scrypt)(password, salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 })
}
