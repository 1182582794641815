/** What a diff starts from: its lines without the added ones. */
export function before(diff: string): string {
  return side(diff, '+')
}

/** What it makes of that. */
export function after(diff: string): string {
  return side(diff, '-')
}

/**
 * Does to a text what a reader does with a diff. Its context may leave lines of the file out, so each line is looked for
 * behind the last one; a line that is not there is an error of the document.
 */
export function applyDiff(text: string, diff: string): string {
  const lines = text.split('\n')
  const result: string[] = []
  let at = 0
  for (const line of diff.trimEnd().split('\n')) {
    if (line.startsWith('+')) {
      result.push(line.slice(1))
      continue
    }
    const found = lines.indexOf(line.slice(1), at)
    if (found === -1) throw new Error(`The diff expects a line that is not there: ${line}`)
    result.push(...lines.slice(at, line.startsWith('-') ? found : found + 1))
    at = found + 1
  }
  return [...result, ...lines.slice(at)].join('\n')
}

function side(diff: string, left: '+' | '-'): string {
  const lines = diff.split('\n').filter((line) => !line.startsWith(left))
  return lines.map((line) => line.slice(1)).join('\n')
}
