/** Answers what the parent process orders, and ends with it. `setup` is what it wants of this program. */
export const setup = JSON.parse(process.env.SETUP)

export function carryOut(orders) {
  process.on('message', async ({ id, order, ...details }) => {
    const result = await orders[order](details)
    tell({ id, result })
  })
  process.on('disconnect', () => process.exit(0))
}

/** The parent may be gone a moment before this process hears of it. */
export function tell(message) {
  if (process.connected) process.send(message, () => undefined)
}

/** Nobody is asked, nothing is written to its end: as when the machine loses its power. */
export function die() {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}
