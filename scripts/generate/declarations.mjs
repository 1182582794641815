import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { root } from '../workspace.mjs'

// What the sources say about themselves: interfaces, their members, and the TSDoc of both.

/** A source file, parsed. Nothing is type-checked: the words are what counts. */
export function sourceOf(path) {
  return ts.createSourceFile(path, readFileSync(`${root}/${path}`, 'utf8'), ts.ScriptTarget.ESNext, true)
}

/** @returns {{ name: string, text: string, members: Member[] }} */
export function interfaceIn(source, name) {
  const node = source.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === name)
  if (node === undefined) throw new Error(`${source.fileName} declares no interface ${name}.`)
  return { name, ...documentationOf(node), members: membersOf(node.members) }
}

/** The alternatives of a union of literals, or undefined for a type of another form. */
export function unionIn(source, name) {
  const type = aliasIn(source, name)?.type
  if (type === undefined || !ts.isUnionTypeNode(type)) return undefined
  return type.types.map((one) => one.getText(source))
}

export function aliasIn(source, name) {
  return source.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === name)
}

export function functionIn(source, name) {
  const node = source.statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === name)
  if (node === undefined) throw new Error(`${source.fileName} declares no function ${name}.`)
  return { name, ...documentationOf(node) }
}

/** Name → file, of what a source imports from beside it. */
export function importsOf(source) {
  const imports = source.statements.filter(ts.isImportDeclaration)
  return new Map(
    imports.flatMap(({ importClause, moduleSpecifier }) => {
      const bindings = importClause?.namedBindings
      if (bindings === undefined || !ts.isNamedImports(bindings)) return []
      return bindings.elements.map((element) => [element.name.text, moduleSpecifier.text])
    }),
  )
}

/** The members of an interface or of a type literal. */
export function membersOf(nodes) {
  return nodes.filter(ts.isPropertySignature).map((node) => ({
    name: node.name.getText(),
    optional: node.questionToken !== undefined,
    type: typeText(node.type),
    node,
    ...documentationOf(node),
  }))
}

/** A type on one line, without the words that only compilers read. */
function typeText(type) {
  return type
    .getText()
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/\breadonly /g, '')
    .replace(/\s+/g, ' ')
    .replace(/^\| /, '')
}

/** The TSDoc of a declaration: its text, paragraph by paragraph, and the default it names. */
export function documentationOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1)
  if (comment === undefined) return { text: '', paragraphs: [], defaultValue: undefined }
  const lines = comment
    .getText()
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
  const [text = '', ...tags] = lines.split(/(?:^|\s)@(?=defaultValue\b|throws\b|param\b|returns\b|example\b)/)
  const tag = tags.find((one) => one.startsWith('defaultValue'))
  const paragraphs = text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => forReaders(paragraph.replace(/\s+/g, ' ').trim()))
    .filter((paragraph) => paragraph !== '')
  return {
    text: paragraphs.join(' '),
    paragraphs,
    defaultValue: tag && forReaders(tag.slice('defaultValue'.length).replace(/\s+/g, ' ').trim()),
  }
}

/** Comments cite papers of the project that are not in the repository; a page for users cannot lead there. */
function forReaders(text) {
  const paper = /(?:attack rows? [\d, and-]+|attack-list\.md|findings\.md|protocol\.md)/
  return text
    .replace(/ ?\(([^()]*)\)/g, (whole, inside) => {
      if (!paper.test(inside)) return whole
      const rest = inside.split(/; ?/).filter((part) => !paper.test(part))
      return rest.length === 0 ? '' : ` (${rest.join('; ')})`
    })
    .replace(/\{@link ([^}]+)\}/g, '`$1`')
}
