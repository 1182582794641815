/** One own connection to the server or to the cluster, as the store uses it. */
export interface Wire {
  /** Several connections, of which one may be fine while another is not. */
  readonly isCluster: boolean
  readonly connect: () => Promise<unknown>
  /** `key` says which node of a cluster is meant. */
  readonly send: (args: readonly string[], key: string) => Promise<unknown>
  /** `INFO memory` of one node. */
  readonly memory: () => Promise<unknown>
  /** Called when a connection has failed, possibly more than once. */
  readonly onTrouble: (listener: () => void) => void
  /** What the client said of it last: ioredis tells here alone why a login was refused. */
  readonly trouble: () => unknown
  readonly destroy: () => void
}

/**
 * A client of node-redis (`createClient()`, `createCluster()`) or ioredis (`new Redis()`, `new Cluster()`). The store
 * only copies it: how it connects, and as whom.
 */
export interface RedisClient {
  readonly duplicate: (...args: never[]) => unknown
  readonly connect: (...args: never[]) => Promise<unknown>
}

/** Seconds until an attempt to connect is given up by the client; the store gives up no later. */
const connectWithin = 2

/** A maker of wires after the app's client. Neither library is imported: what it is shows in what it can do. */
export function wiresLike(client: RedisClient): () => Wire {
  const shape = client as unknown as Readonly<Record<string, unknown>> | null | undefined
  const can = (...names: readonly string[]) => names.every((name) => typeof shape?.[name] === 'function')
  if (can('duplicate', 'connect', 'on')) {
    if (can('call', 'disconnect')) {
      const template = client as unknown as IoRedis & IoCluster
      return shape?.isCluster === true ? () => ioCluster(template) : () => ioRedis(template)
    }
    // node-redis 4 has no `destroy`, and what cannot be destroyed is left behind by every outage.
    if (can('sendCommand', 'destroy')) {
      if (can('nodeClient')) return () => nodeCluster(client as unknown as NodeCluster)
      if (can('unref')) return () => nodeClient(client as unknown as NodeClient)
    }
  }
  throw new TypeError(
    'redisStore takes a client of node-redis 5 or 6 (`createClient()`, `createCluster()`) or of ioredis 5 or 6 ' +
      '(`new Redis()`, `new Cluster()`). For Sentinel take ioredis.',
  )
}

interface Emitter {
  on(event: string, listener: (...args: unknown[]) => void): unknown
}

function listenTo(emitter: Emitter, events: readonly string[]): Pick<Wire, 'onTrouble' | 'trouble'> {
  const listeners = new Set<() => void>()
  let trouble: unknown
  // From the beginning: an `error` that nobody listens to ends the process, and ioredis prints it.
  for (const event of events) {
    emitter.on(event, (error) => {
      trouble = error ?? trouble
      for (const listener of listeners) listener()
    })
  }
  return { onTrouble: (listener) => void listeners.add(listener), trouble: () => trouble }
}

interface NodeClient extends Emitter {
  readonly options: { readonly socket?: object } | undefined
  duplicate(overrides: object): NodeClient
  connect(): Promise<unknown>
  sendCommand(args: readonly string[]): Promise<unknown>
  destroy(): void
  unref(): void
}

/** The store reconnects itself, and counts on nothing being queued, sent twice or mapped to other types. */
const nodeRedisOptions = (socket: object | undefined) => ({
  socket: { ...socket, reconnectStrategy: false, connectTimeout: connectWithin * 1000, socketTimeout: undefined },
  disableOfflineQueue: true,
  commandOptions: {},
  clientSideCache: undefined,
  emitInvalidate: undefined,
  maintNotifications: 'disabled',
  pingInterval: undefined,
})

function nodeClient(template: NodeClient): Wire {
  const client = template.duplicate(nodeRedisOptions(template.options?.socket))
  client.unref()
  const send = (args: readonly string[]) => client.sendCommand(args)
  return {
    isCluster: false,
    connect: () => client.connect(),
    send,
    memory: () => send(['INFO', 'memory']),
    ...listenTo(client, ['error', 'end']),
    destroy: () => swallowing(() => client.destroy()),
  }
}

interface NodeCluster extends Emitter {
  readonly _options: { readonly defaults?: { readonly socket?: object } } | undefined
  readonly masters: readonly unknown[]
  duplicate(overrides: object): NodeCluster
  connect(): Promise<unknown>
  sendCommand(key: string, isReadonly: boolean, args: readonly string[]): Promise<unknown>
  nodeClient(node: unknown): Promise<NodeClient> | NodeClient
  destroy(): void
}

function nodeCluster(template: NodeCluster): Wire {
  const defaults = template._options?.defaults
  const cluster = template.duplicate({
    defaults: { ...defaults, ...nodeRedisOptions(defaults?.socket) },
    commandOptions: {},
    useReplicas: false,
    minimizeConnections: true,
    clientSideCache: undefined,
  })
  return {
    isCluster: true,
    connect: () => cluster.connect(),
    send: (args, key) => cluster.sendCommand(key, false, args),
    memory: async () => (await cluster.nodeClient(cluster.masters[0])).sendCommand(['INFO', 'memory']),
    ...listenTo(cluster, ['error', 'node-error']),
    destroy: () => swallowing(() => cluster.destroy()),
  }
}

interface IoRedis extends Emitter {
  readonly stream?: { unref?(): void }
  duplicate(overrides: object): IoRedis
  connect(): Promise<unknown>
  call(command: string, ...args: readonly string[]): Promise<unknown>
  disconnect(): void
}

const ioRedisOptions = {
  lazyConnect: true,
  keyPrefix: '',
  retryStrategy: () => null,
  reconnectOnError: null,
  enableOfflineQueue: false,
  enableReadyCheck: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  enableAutoPipelining: false,
  commandTimeout: undefined,
  socketTimeout: undefined,
  connectTimeout: connectWithin * 1000,
  readOnly: false,
  stringNumbers: false,
  replyMapping: 'legacy',
}

function ioRedis(template: IoRedis): Wire {
  const client = template.duplicate(ioRedisOptions)
  client.on('connect', () => client.stream?.unref?.())
  const send = ([command = '', ...args]: readonly string[]) => client.call(command, ...args)
  return {
    isCluster: false,
    connect: () => client.connect(),
    send,
    memory: () => send(['INFO', 'memory']),
    ...listenTo(client, ['error', 'close', 'end']),
    destroy: () => swallowing(() => client.disconnect()),
  }
}

interface IoCluster extends Emitter {
  readonly options: { readonly redisOptions?: object } | undefined
  duplicate(nodes: readonly never[], overrides: object): IoCluster
  connect(): Promise<unknown>
  call(command: string, ...args: readonly string[]): Promise<unknown>
  disconnect(): void
}

function ioCluster(template: IoCluster): Wire {
  const { lazyConnect, enableOfflineQueue: _, enableReadyCheck, keyPrefix, ...perNode } = ioRedisOptions
  const cluster = template.duplicate([], {
    lazyConnect,
    enableReadyCheck,
    keyPrefix,
    // Nodes are connected when they are asked first, and without a queue all but that first command are refused.
    enableOfflineQueue: true,
    scaleReads: 'master',
    clusterRetryStrategy: () => null,
    // A node that is gone has to be said so at once; the store asks again by itself.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    maxRedirections: 3,
    slotsRefreshTimeout: 300,
    enableAutoPipelining: false,
    redisOptions: { ...perNode, keyPrefix, ...template.options?.redisOptions, ...perNode },
  })
  const send = ([command = '', ...args]: readonly string[]) => cluster.call(command, ...args)
  const { onTrouble, trouble } = listenTo(cluster, ['error', 'node error', 'close', 'end'])
  return {
    isCluster: true,
    connect: () => cluster.connect(),
    send,
    memory: () => send(['INFO', 'memory']),
    onTrouble,
    // Where no node could be asked, why is what the last one of them said.
    trouble: () => (trouble() as { readonly lastNodeError?: unknown } | undefined)?.lastNodeError ?? trouble(),
    destroy: () => swallowing(() => cluster.disconnect()),
  }
}

/** Some versions throw where there is nothing left to destroy. */
function swallowing(end: () => void): void {
  try {
    end()
  } catch {
    // It is gone, which is what was wanted.
  }
}
