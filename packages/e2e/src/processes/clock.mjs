// The clock on the wall, as this process sees it: wrong from its beginning, or set while it runs. Timers and ages go by
// another clock, which nobody sets.
import { setup } from './orders.mjs'

const real = Date.now
let ahead = (setup.clock ?? 0) * 1000

Date.now = () => real() + ahead
globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [Date.now()] : given, made),
  apply: () => new Date().toString(),
})

/** @param seconds by which it is ahead of the clock of everybody else from now on; negative: behind. */
export function setClock({ seconds }) {
  ahead = seconds * 1000
}
