import { die, tell } from './orders.mjs'

/**
 * A store at which the process dies when it is told to: before or after the `count`th call of a method whose key fits.
 * The kit knows nothing of it.
 */
export function failing(store) {
  let armed
  const watched = (name, of) =>
    async function watchedCall(key, ...rest) {
      const hit = isHit(name, key)
      if (hit && armed.when === 'before') await reached()
      const answer = await of[name](key, ...rest)
      if (hit && armed.when === 'after') await reached()
      return answer
    }

  function isHit(name, key) {
    if (armed?.method !== name || !new RegExp(armed.key ?? '').test(String(key))) return false
    armed.count -= 1
    return armed.count === 0
  }

  async function reached() {
    tell({ reached: armed })
    await die()
  }

  const { get, set, delete: remove, raise } = store
  const methods = { get, set, delete: remove, raise }
  return {
    store: {
      ...Object.fromEntries(Object.keys(methods).map((name) => [name, watched(name, methods)])),
      marks: { ...store.marks, write: watched('write', store.marks) },
      reset: () => store.reset(),
      close: () => store.close(),
    },
    arm({ method, key, when, count = 1 }) {
      armed = { method, key, when, count }
    },
  }
}
