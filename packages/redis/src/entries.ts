import type { Store } from '@scalegate/core/store'
import type { Command, Link } from './link.js'
import { done, textOrNothing, yesOrNo } from './replies.js'
import { deleteWhere, raise, setWhere } from './scripts.js'

/** The key as it was given, if it can be one. */
export function validKey(key: string): string {
  if (!/^[A-Za-z0-9_.:-]{1,200}$/.test(key))
    throw new TypeError('A key is 1 to 200 letters, digits, `_`, `-`, `.` or `:`.')
  return key
}

/** For `PX`. Nothing is kept for ever, and what lasts no time at all is gone at once. */
export function milliseconds(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds > 1e10) throw new RangeError('An entry needs a lifetime in seconds.')
  return String(Math.max(1, Math.ceil(seconds * 1000)))
}

/** Entries of one key each, which a cluster spreads over its nodes. */
export function entriesOf(link: Link, prefix: string): Pick<Store, 'get' | 'set' | 'delete' | 'raise'> {
  const ask = <Value>(key: string, read: (reply: unknown) => Value, args: (name: string) => readonly string[]) => {
    const name = `${prefix}${validKey(key)}`
    const command: Command = { args: args(name), key: name }
    return link.ask(command, read)
  }
  return {
    get: async (key) => ask(key, textOrNothing, (name) => ['GET', name]),
    async set(key, value, seconds, condition) {
      const life = milliseconds(seconds)
      if (condition === undefined) return ask(key, done, (name) => ['SET', name, value, 'PX', life])
      if (condition === 'absent') return ask(key, done, (name) => ['SET', name, value, 'PX', life, 'NX'])
      return ask(key, yesOrNo, (name) => ['EVAL', setWhere, '1', name, condition.is, value, life])
    },
    async delete(key, condition) {
      if (condition === undefined) return ask(key, yesOrNo, (name) => ['DEL', name])
      return ask(key, yesOrNo, (name) => ['EVAL', deleteWhere, '1', name, condition.is])
    },
    async raise(key, value, seconds) {
      const life = milliseconds(seconds)
      return ask(key, textOrNothing, (name) => ['EVAL', raise, '1', name, value, life])
    },
  }
}
