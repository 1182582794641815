/** What to do about each: wait, fix the rights or the memory of the server, report a bug, or stop asking. */
const titles = {
  redis_unavailable: 'Redis cannot be asked now.',
  redis_refused: 'Redis refused a command.',
  redis_reply_invalid: 'Redis answered what does not fit the question, so the connection was dropped.',
  redis_closed: 'The store was closed.',
} as const

export type RedisStoreErrorCode = keyof typeof titles

/**
 * What the methods of the store reject with. `message` is the code, a sentence and what to do; it holds neither keys nor
 * values, and no error of the client is its `cause`, because those carry the arguments of the command.
 */
export class RedisStoreError extends Error {
  override readonly name = 'RedisStoreError'
  readonly code: RedisStoreErrorCode

  constructor(code: RedisStoreErrorCode, detail: string) {
    super(`${code}: ${titles[code]} ${detail}`)
    this.code = code
  }
}

/**
 * First word of what a server answers instead of a reply: `NOPERM`, `OOM`, `LOADING`. `CLUSTER_DISABLED` is a word of our own:
 * the server's is `ERR`, and only the rest says what is wrong.
 */
export type RefusalCode = string

/**
 * The refusal in an error of the client; undefined where the connection failed. Both clients give the server's words as
 * the message; errors of sockets have a `code`.
 */
export function refusalOf(error: unknown): RefusalCode | undefined {
  if (!(error instanceof Error) || 'code' in error) return undefined
  if (/^ERR .*cluster support disabled/.test(error.message)) return 'CLUSTER_DISABLED'
  // Redis 6 wraps what a command inside of a script met: "ERR Error running script …: -OOM command not allowed".
  const inside = /: -([A-Z]{2,}) /.exec(error.message)?.[1]
  return inside ?? /^([A-Z][A-Z0-9_]+)(?: |$)/.exec(error.message)?.[1]
}

/** What a socket says of why it could not be opened: `ECONNREFUSED`, `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
export function socketCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined
}

/** Nobody is connected. `isFirst`: nobody ever was, so that it may be the address. */
export function unconnected(socketCode: string | undefined, isFirst: boolean): RedisStoreError {
  const why = socketCode === undefined ? '' : ` (${socketCode})`
  // A server in clear waits for the rest of what TLS begins with, and one with TLS hangs up on what is none.
  const isUnclear = socketCode === undefined || /^(ECONNRESET|ETIMEDOUT|EPIPE)$/.test(socketCode)
  const hint =
    ' None has been made yet: check the address, and that client and server both use TLS (`rediss:`) or neither.'
  return new RedisStoreError(
    'redis_unavailable',
    `There is no connection${why}; it is tried again by itself.${isFirst && isUnclear ? hint : ''}`,
  )
}

/** The server cannot do it now, and asking again in a moment is all there is to do. */
export function isPassing(refusal: RefusalCode): boolean {
  return /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|READONLY|UNBLOCKED|NOREPLICAS)$/.test(refusal)
}

/** It is no master any more, or may not be the only one: the name it has may lead to another by now. */
export function isOfAnotherMaster(refusal: RefusalCode): boolean {
  return refusal === 'READONLY' || refusal === 'NOREPLICAS'
}

/** Nobody is let in, whatever is asked. */
export function isOfLogin(refusal: RefusalCode): boolean {
  return refusal === 'NOAUTH' || refusal === 'WRONGPASS'
}

const advice: Readonly<Record<string, string>> = {
  NOPERM: 'Give its user the rights of the README of @scalegate/redis: `ACL SETUSER … ~scalegate:* +eval …`.',
  NOAUTH: 'Give the client a user and a password.',
  WRONGPASS: 'The user or the password of the client is not one of the server.',
  OOM: 'Its memory is full: raise `maxmemory`, and let nothing that counts be evicted (`noeviction`).',
  MISCONF: 'It cannot save to its disk, and refuses writes until it can.',
  NOREPLICAS:
    'Its replicas are away, and `min-replicas-to-write` forbids it to write without them: bring them back, or look ' +
    'whether this process still sees an old master while there is a new one.',
  CLUSTER_DISABLED: 'It is no cluster: give the store a client of a single server, `createClient()` or `new Redis()`.',
  MOVED: 'It is a cluster: give the store a client of the cluster, `createCluster()` or `new Cluster()`.',
}

/** What to do about a refusal; undefined where there is nothing to do but wait. */
export function adviceOn(refusal: RefusalCode): string | undefined {
  if (advice[refusal] !== undefined || isPassing(refusal)) return advice[refusal]
  return 'Redis 6.2 or newer is needed, or an engine that speaks like it.'
}

export function refused(command: string, refusal: RefusalCode): RedisStoreError {
  const code = isPassing(refusal) ? 'redis_unavailable' : 'redis_refused'
  return new RedisStoreError(code, `${command} got ${refusal}. ${adviceOn(refusal) ?? 'It is tried again by itself.'}`)
}
