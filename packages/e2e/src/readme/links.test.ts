import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workspace } from '../consumers/tarballs.js'
import { allDocuments, Document } from './document.js'

/** Nothing in code is a link or a heading. */
const prose = (path: string) => new Document(path).prose

/** The targets of links and images, of reference definitions, and of HTML. */
function linksOf(text: string): readonly string[] {
  const plain = text.replace(/(?<!`)`[^`\n]+`(?!`)/g, 'code')
  const found = [
    ...plain.matchAll(/\]\(<?([^()\s>]+)>?(?: "[^"]*")?\)/g),
    ...plain.matchAll(/^ *\[[^\]]+\]: <?([^\s>]+)>?/gm),
    ...plain.matchAll(/ (?:href|src)="([^"]+)"/g),
  ]
  return found.map(([, target]) => target ?? '')
}

/** The names that GitHub gives to headings, and those that the author gave. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name]) => name ?? ''))
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    let name = slug
    for (let n = 1; anchors.has(name); n++) name = `${slug}-${n}`
    anchors.add(name)
  }
  return anchors
}

/** Why a link of this document leads nowhere, or undefined. */
function problemOf(path: string, link: string): string | undefined {
  if (/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(link)) return undefined
  const [file = '', anchor] = decodeURIComponent(link).split('#')
  const target = file === '' ? path : normalize(join(file.startsWith('/') ? '.' : dirname(path), file))
  if (target.startsWith('..')) return `${link} leads out of the repository`
  if (!existsSync(workspace + target)) return `${link} leads to no file`
  if (anchor === undefined || !statSync(workspace + target).isFile() || !target.endsWith('.md')) return undefined
  return anchorsOf(prose(target)).has(anchor) ? undefined : `${link} leads to no heading`
}

describe('the links of the documents lead somewhere', () => {
  it.each(allDocuments)('%s', (path) => {
    const problems = linksOf(prose(path)).map((link) => problemOf(path, link))
    expect(problems.filter((problem) => problem !== undefined)).toEqual([])
  })

  it('and there are some', () => {
    expect(allDocuments.flatMap((path) => linksOf(prose(path))).length).toBeGreaterThan(50)
  })

  it.each([
    ['[a](docs/nowhere.md)', 'docs/nowhere.md leads to no file'],
    ['[a]: SECURITY.md#nothing-of-the-kind', 'SECURITY.md#nothing-of-the-kind leads to no heading'],
    ['[a](../../etc/passwd)', '../../etc/passwd leads out of the repository'],
    ['[`code`](SECURITY.md)', undefined],
    ['<https://example.com>, [b](https://example.com/nowhere.md)', undefined],
  ])('which %s is tried on', (text, problem) => {
    expect(
      linksOf(text)
        .map((link) => problemOf('README.md', link))
        .find((found) => found !== undefined),
    ).toBe(problem)
  })
})
