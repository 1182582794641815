import ts from 'typescript'
import { aliasIn, documentationOf, interfaceIn, sourceOf } from './declarations.mjs'
import { code, head, table } from './markdown.mjs'

const folder = 'packages/core/src/options'

/** Interfaces that only one framework has, with the kit's own as their base. */
const adapters = [
  ['Express', 'packages/express/src/express-auth.ts', 'ExpressOptions'],
  ['Hono', 'packages/hono/src/hono-auth.ts', 'HonoOptions'],
]

/** `docs/reference/options.md`, from the TSDoc of the option types. */
export function optionsReference() {
  const source = sourceOf(`${folder}/scalegate-options.ts`)
  const top = interfaceIn(source, 'ScalegateOptions')
  const groups = top.members.flatMap((member) => {
    const name = groupOf(source, member)
    return name === undefined ? [] : [{ path: member.name, ...interfaceIn(source, name), said: member.text }]
  })
  const grouped = groups.map(({ path }) => path)
  const shown = [top, ...groups].flatMap(({ members }) => members)
  return `${head('Options', `${folder}/scalegate-options.ts`)}
${top.paragraphs.join('\n\n')}

Durations are seconds. A misspelt option is an error, and so is a value out of its range. What has a variable is in
[environment](environment.md).

## The kit

${optionTable('', top.members, grouped)}

${groups.map(groupSection).join('\n\n')}

## Of one framework

${table(['framework', 'option', 'type', 'default', 'meaning'], adapters.flatMap(adapterRows))}

Next.js has none.

## Types

What hooks are given, and what they give back.

${typesIn(source, shown).map(typeSection).join('\n\n')}
`
}

function groupOf(source, { node }) {
  const text = node.type.getText(source).replace(/^Partial<(\w+)>$/, '$1')
  const isHere = source.statements.some((one) => ts.isInterfaceDeclaration(one) && one.name.text === text)
  return isHere ? text : undefined
}

function groupSection({ path, text, said, members }) {
  // What is said at the option counts more than what is said of its type.
  return `## \`${path}\`\n\n${said || text}\n\n${optionTable(`${path}.`, members, [])}`
}

function optionTable(prefix, members, grouped) {
  const rows = members.map(({ name, type, text, defaultValue }) => {
    const link = grouped.includes(name) ? `see [\`${name}\`](#${name.toLowerCase()})` : ''
    return [code(prefix + name), link === '' ? code(type) : 'group', defaultValue ?? '', text === '' ? link : text]
  })
  return table(['option', 'type', 'default', 'meaning'], rows)
}

function adapterRows([framework, path, name]) {
  const { members } = interfaceIn(sourceOf(path), name)
  return members.map(({ name: option, type, text, defaultValue }) => [
    framework,
    code(option),
    code(type === 'Property' ? 'string' : type),
    defaultValue ?? '',
    text,
  ])
}

/** The types that option types name, those that these name in turn, each once and in the order they are met. */
function typesIn(source, members) {
  const clock = sourceOf(`${folder}/clock.ts`)
  const store = sourceOf(`${folder}/delivery-store.ts`)
  const found = new Map()
  const visit = (type) => {
    for (const name of type.match(/\b[A-Z]\w+/g) ?? []) {
      if (found.has(name)) continue
      const file = [source, clock, store].find((one) => declares(one, name))
      if (file === undefined) continue
      const node = declares(file, name)
      found.set(name, node)
      visit(node.getText(file))
    }
  }
  for (const { node, type } of members) if (groupOf(source, { node }) === undefined) visit(type)
  return [...found.values()]
}

function declares(source, name) {
  return (
    aliasIn(source, name) ?? source.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === name)
  )
}

function typeSection(node) {
  const { paragraphs } = documentationOf(node)
  const text = node
    .getText()
    .replace(/^export /, '')
    .replace(/^ *\/\/ biome-ignore.*\n/gm, '')
    .replace(/ ?\((?:protocol\.md|attack rows?)[^)]*\)/g, '')
  return [`### \`${node.name.text}\``, ...paragraphs, `\`\`\`ts\n${text}\n\`\`\``].join('\n\n')
}
