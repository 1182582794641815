/** A table; what stands in a cell may hold any character. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

/** Code in a line; a grave accent inside needs two around. */
export function code(text) {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** The first lines of a page that nobody edits. */
export function head(title, sources) {
  return `# ${title}\n\n<!-- Generated from ${sources} by \`npm run docs\`. -->\n`
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}
