import { prepareApps } from './workspace.mjs'

/** The same app on each framework: its program, its usual port, and which of the emulator's clients it is. */
export const examples = [
  { name: 'express', title: 'Express', entry: 'examples/express/server.js', port: 3000, client: 0 },
  { name: 'hono', title: 'Hono', entry: 'examples/hono/server.js', port: 3001, client: 1 },
  { name: 'next', title: 'Next', entry: 'examples/next/server.js', port: 3002, client: 2 },
]

/** Those that are named on the command line, or all. Next is built first, which takes half a minute the first time. */
export async function chosenExamples(args) {
  const names = args.filter((argument) => !argument.startsWith('-'))
  const unknown = names.find((name) => !examples.some((example) => example.name === name))
  if (unknown !== undefined) {
    console.error(`There is no example "${unknown}"; there are ${examples.map(({ name }) => name).join(', ')}.`)
    process.exit(1)
  }
  const chosen = names.length === 0 ? examples : examples.filter(({ name }) => names.includes(name))
  if (chosen.some(({ name }) => name === 'next')) await prepareApps('@scalegate/example-next')
  return chosen
}
