/** What was printed between start and stop: streams, and the console, which test runners keep apart from them. */
export interface Listening {
  readonly text: () => string
  readonly stop: () => void
}

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const

/** Listens to everything that this process prints; it is still printed. */
export function listenToOutput(): Listening {
  const printed: string[] = []
  const undo: (() => void)[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const { write } = stream
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
      return write.call(stream, chunk, ...rest)
    }) as typeof stream.write
    undo.push(() => {
      stream.write = write
    })
  }
  for (const method of methods) {
    const original = console[method]
    console[method] = (...values: unknown[]) => {
      printed.push(values.map(String).join(' '))
      original.apply(console, values)
    }
    undo.push(() => {
      console[method] = original
    })
  }
  return {
    text: () => printed.join('\n'),
    stop: () => {
      for (const step of undo) step()
    },
  }
}
