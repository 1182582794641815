import { ConfigurationError, type Session } from '@scalegate/core'
import type { Context } from 'hono'
import { routePath } from 'hono/route'

/** The variable of a context that holds the session behind a guard, and fails closed without one. */
export interface SessionVariable {
  readonly reveal: (session: Session) => void
}

/**
 * Takes a variable of this context over: `c.var.auth` and `c.get('auth')` throw until a guard has let the request
 * through. The read has to throw. A value that throws later would be true in `if (c.var.auth)`.
 */
export function sessionVariable(c: Context, name: string): SessionVariable {
  let revealed: Session | undefined
  const { get, set } = c
  const others = variablesOf(c)
  const read = (): Session => {
    if (revealed === undefined)
      throw new ConfigurationError(
        'guard_missing',
        [],
        // The route's pattern rather than the address, which may hold what must not be in a message.
        `\`c.var.${name}\` was read at ${c.req.method} ${routePath(c)}, which no guard protects.`,
      )
    return revealed
  }
  c.get = (key: string) => (key === name ? read() : get(key))
  c.set = (key: string, value: unknown) => {
    if (key === name)
      throw new TypeError(
        `The variable "${name}" belongs to @scalegate/hono. Where another library sets it, choose a name: scalegate({ property: 'session' }).`,
      )
    set(key, value)
  }
  Object.defineProperty(c, 'var', {
    configurable: true,
    // Enumerable only with a session in it, so that `{ ...c.var }` works on open routes.
    get: () => Object.defineProperty(others(), name, { enumerable: revealed !== undefined, get: read }),
  })
  return {
    reveal(session) {
      revealed = session
    },
  }
}

/** The variables as they were before: those of Hono, or of another kit of the same app. */
function variablesOf(c: Context): () => object {
  const own = Object.getOwnPropertyDescriptor(c, 'var')
  return own?.get ?? (() => Reflect.get(Object.getPrototypeOf(c), 'var', c))
}
