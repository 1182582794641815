import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './workspace.mjs'

/** The preferred port if it is free on loopback, else one that the system chooses. */
export async function freePort(preferred = 0) {
  const server = createServer()
  const listening = await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(preferred, '127.0.0.1', () => resolve(true))
  })
  if (!listening) return freePort()
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Starts a Node program and waits for its line "… listening on <address>", or until something answers at the address
 * where that is known. What it prints is kept, and shown only if it does not come up.
 */
export async function startProgram(args, env = {}, known = undefined) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const address = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk
      const found = /listening on (http:\/\/\S+)/.exec(output)
      if (found) resolve(found[1])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code} before it listened:\n${output}`)))
    if (known !== undefined) answering(known, child).then(() => resolve(known), reject)
  })
  return {
    address,
    output: () => output,
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(timer)
    },
  }
}

/** Resolves once something answers there, whatever it says, or the program has ended. */
async function answering(address, child) {
  while (child.exitCode === null && !(await answers(address))) await sleep(100)
}

function answers(address) {
  return fetch(address, { redirect: 'manual' }).then(
    () => true,
    () => false,
  )
}
