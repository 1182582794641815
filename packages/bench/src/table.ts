import type { Comparison, Row } from './comparison.js'

/** Above this the loader was as busy as the server, and the share of the bare framework flatters whoever is slower. */
const busy = 0.95

export function table(rows: readonly Row[], comparisons: readonly Comparison[]): string {
  const head = ['', 'cookie B', 'req/s', 'of bare', 'CPU µs', '+ CPU µs', 'p50 ms', 'p99 ms', 'answer B']
  const cells = rows.map((row) => [
    row.id.endsWith('-bare') ? row.title : `  ${row.title}`,
    String(row.cookieBytes),
    row.requestsPerSecond.toFixed(0) + (row.loader > busy ? ' *' : '  '),
    `${(row.ofBare * 100).toFixed(0)} %`,
    row.cpu.toFixed(1),
    row.id.endsWith('-bare') ? '' : row.addedCpu.toFixed(1),
    row.p50.toFixed(2),
    row.p99.toFixed(2),
    row.answerBytes + (row.setsCookie ? ' †' : '  '),
  ])
  const lines = aligned([head, ...cells])
  if (rows.some(({ loader }) => loader > busy))
    lines.push(
      '* The loader had no more to give: the server could do more. Look at the CPU, which does not depend on it.',
    )
  if (rows.some(({ setsCookie }) => setsCookie)) lines.push('† Every answer sets the cookie anew.')
  const sentences = comparisons.map(
    ({ kit, other, throughput, cpu }) =>
      `${kit}: ${throughput.toFixed(2)} × the requests per second of ${other}, ${times(cpu)} its CPU`,
  )
  return [...lines, '', ...sentences, ''].join('\n')
}

/** The other's CPU times this. */
function times(cpu: number): string {
  return cpu < 1 ? `${(1 / cpu).toFixed(2)} ×` : `1 / ${cpu.toFixed(2)} of`
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
