import { readdirSync, readFileSync } from 'node:fs'
import { auditsByTheme } from '../../packages/testing/dist/audits.js'
import { root } from '../workspace.mjs'

const folder = `${root}/packages/conformance/results`
/** Columns in this order; others follow by name. */
const order = ['express-5', 'express-5-redis', 'express-4', 'hono', 'next-16', 'next-15', 'plain-provider']

/** `docs/reference/conformance.md`, from the list of audits and what the last whole run of each column came to. */
export function conformance() {
  const columns = readColumns()
  const reasons = []
  const themes = Object.entries(auditsByTheme).map(([theme, audits]) => {
    const rows = audits.map(({ id, name, cites }) => {
      const cells = columns.map((column) => outcome(column, id, reasons))
      return `| \`${id}\` | ${cell(name)} | ${cell(cites)} | ${cells.join(' | ')} |`
    })
    return `## ${theme}\n\n${head(columns)}\n${rows.join('\n')}\n`
  })
  const count = Object.values(auditsByTheme).flat().length
  return `# Conformance

<!-- Generated from packages/testing/src/audits and packages/conformance/results by \`npm run docs\`. -->

What an adapter has to do, and whether it does. Each of the ${count} audits judges a running app from outside: HTTP over real sockets, with
the provider's request log as witness, and nothing of the kit imported. The apps are the same small one on each framework
([the audited app](../../packages/testing/AUDITED-APP.md)); the provider is the emulator, and in the last column \`oidc-provider\` as it comes.
A difference is declared with its reason, and has to show: an audit that holds in spite of it fails the run.

An id is never used again for another meaning. \`SEC-…\`, \`G…\` and \`A…\` are rows of the project's own lists of attacks and findings.

${themes.join('\n')}${differences(reasons)}`
}

function readColumns() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length - 1)
  return files
    .map((name) => ({ name: name.slice(0, -'.json'.length), ...JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) }))
    .sort((a, b) => place(a.name) - place(b.name) || a.name.localeCompare(b.name))
}

function outcome({ title, results }, id, reasons) {
  const result = results[id]
  if (result === 'pass') return 'pass'
  if (typeof result?.notApplicable === 'string')
    return noted('not applicable', `${title}, \`${id}\`: ${result.notApplicable}`, reasons)
  if (typeof result?.differs !== 'string') throw new Error(`No result of ${id} on ${title}: run its audits with -u.`)
  return noted('differs', `${title}, \`${id}\`: ${result.differs}`, reasons)
}

function noted(word, note, reasons) {
  if (!reasons.includes(note)) reasons.push(note)
  return `${word} (${reasons.indexOf(note) + 1})`
}

function head(columns) {
  const titles = columns.map(({ title }) => title)
  return `| id | audit | stands on | ${titles.join(' | ')} |\n|---|---|---|${titles.map(() => '---|').join('')}`
}

function differences(reasons) {
  if (reasons.length === 0) return '\n## Differences\n\nNone.\n'
  return `\n## Differences\n\n${reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n')}\n`
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}
