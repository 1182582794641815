declare module 'on-headers' {
  import type { ServerResponse } from 'node:http'

  /** Calls `listener` once, right before the headers of `res` leave. Later listeners run first. */
  export default function onHeaders(res: ServerResponse, listener: (this: ServerResponse) => void): void
}
