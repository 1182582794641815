/** Tells the bench that the server answers, and how much CPU it has used whenever the bench asks. Ends with the bench. */
export function listening() {
  process.on('message', () => process.send(process.cpuUsage()))
  process.on('disconnect', () => process.exit(0))
  process.send('listening')
}
