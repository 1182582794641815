import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { workspace } from '../consumers/tarballs.js'

/** A block of code in a document. */
export interface Fence {
  /** `docs/tutorials/express.md:46`, to be found again. */
  readonly place: string
  /** The heading it stands under. */
  readonly heading: string
  readonly language: string
  readonly code: string
  /** A comment before the fence says that it is a whole program, or which file it is. */
  readonly mark: 'program' | { readonly file: string } | undefined
}

const mark = /^<!-- (?:readme-program|readme-file: (\S+)) -->$/
const opening = /^ *```(\w+)$/

/** A Markdown file of the repository, read for its code. */
export class Document {
  /** Below the root of the repository. */
  readonly path: string
  readonly fences: readonly Fence[]
  /** What stands around the code. */
  readonly prose: string

  constructor(path: string, text: string = readFileSync(workspace + path, 'utf8')) {
    this.path = path
    this.fences = [...fencesOf(path, text.split('\n'))]
    this.prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '')
  }

  /** The one fence that is marked as a whole program. */
  get program(): string {
    return this.#only('whole program', ({ mark }) => mark === 'program').code
  }

  /** The marked files, by name. */
  get files(): Readonly<Record<string, string>> {
    const named = this.fences.flatMap(({ mark, code }) =>
      typeof mark === 'object' ? [[mark.file, code] as const] : [],
    )
    const files = Object.fromEntries(named)
    if (Object.keys(files).length < named.length) throw new Error(`${this.path} has two files of one name.`)
    return files
  }

  file(name: string): string {
    const text = this.files[name]
    if (text === undefined) throw new Error(`${this.path} marks no file ${name}.`)
    return text
  }

  /** The one fence of this language under a heading. */
  under(heading: string, language: string): string {
    return this.#only(
      `${language} under "${heading}"`,
      (fence) => fence.heading === heading && fence.language === language,
    ).code
  }

  #only(what: string, has: (fence: Fence) => boolean): Fence {
    const [fence, ...others] = this.fences.filter(has)
    if (fence === undefined || others.length > 0)
      throw new Error(`${this.path} has ${others.length + 1 - (fence ? 0 : 1)} of: ${what}.`)
    return fence
  }
}

function* fencesOf(path: string, lines: readonly string[]): Generator<Fence> {
  let heading = ''
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n] ?? ''
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading
    // A mark that stands nowhere would leave its code untested, and nobody would notice.
    if (mark.test(line) && !opening.test(lines[n + 1] ?? '')) throw new Error(`${path}:${n + 1} marks no fence.`)
    if (!line.trimStart().startsWith('```')) continue
    const end = lines.findIndex((other, at) => at > n && other.trim() === '```')
    if (end === -1) throw new Error(`${path}:${n + 1} opens a fence that does not end.`)
    const marked = mark.exec(lines[n - 1] ?? '')
    yield {
      place: `${path}:${n + 1}`,
      heading,
      language: line.trim().slice('```'.length),
      code: lines
        .slice(n + 1, end)
        .join('\n')
        .concat('\n'),
      mark: marked === null ? undefined : marked[1] === undefined ? 'program' : { file: marked[1] },
    }
    n = end
  }
}

/** Every Markdown file of the repository, also those that nobody has committed yet, and none that has been deleted. */
export const allDocuments: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.md'],
  { cwd: workspace, encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(workspace + path))

/** Those that show users code. */
export const userDocuments: readonly string[] = allDocuments.filter((path) =>
  /^(?:README\.md|docs\/(?:tutorials|how-to)\/.*\.md|packages\/[^/]+\/README\.md)$/.test(path),
)
