// The provider as a process of its own, and a gate before it through which the app's own calls come.
import { createServer, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmulator } from '@scalegate/emulator'
import { carryOut, setup, tell } from './orders.mjs'

const emulator = await startEmulator({ port: 0, ...setup })
const { host: own, port } = new URL(emulator.url)

/** `open`; `hung`: takes requests and does nothing with them; `held`: keeps answers back; `shut`: nobody listens. */
let state = 'open'
let release = () => undefined
let released = Promise.resolve()
let underWay = 0

const gate = createServer((req, res) => {
  if (state === 'hung') return
  underWay += 1
  res.once('close', () => {
    underWay -= 1
  })
  const call = request({
    host: '127.0.0.1',
    port,
    method: req.method,
    path: req.url,
    headers: { ...req.headers, host: own },
  })
  call.on('response', async (answer) => {
    await released
    res.writeHead(answer.statusCode, answer.headers)
    answer.pipe(res)
    answer.on('error', () => res.destroy())
  })
  call.on('error', () => res.destroy())
  req.pipe(call)
})
gate.keepAliveTimeout = 60_000

const listen = (on) => new Promise((resolve) => gate.listen(on, '127.0.0.1', resolve))
await listen(0)
const address = gate.address().port

async function become({ state: next }) {
  if (next === state) return
  const before = state
  state = next
  release()
  if (next === 'held') {
    released = new Promise((resolve) => {
      release = resolve
    })
  }
  if (next === 'shut') {
    const closed = new Promise((resolve) => gate.close(resolve))
    gate.closeAllConnections()
    await closed
  }
  if (before === 'hung') gate.closeAllConnections()
  if (before === 'shut') await listen(address)
}

carryOut({
  become,
  /** Goes down in good order: what it has taken it answers. Gives how many answers were cut off all the same. */
  async leave() {
    const closed = new Promise((resolve) => gate.close(resolve))
    for (const end = Date.now() + 2000; underWay > 0 && Date.now() < end; ) await sleep(5)
    const cutOff = underWay
    gate.closeAllConnections()
    await closed
    state = 'shut'
    return cutOff
  },
})
const { url, clientId, clientSecret } = emulator
tell({ listening: `http://127.0.0.1:${address}`, issuer: url, clientId, clientSecret })
