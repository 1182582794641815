import { RequestError } from '../errors/scalegate-error.js'
import type { Fields } from '../options/plugin.js'
import { hasDuplicateMembers } from './duplicate-members.js'
import { readBody } from './read-body.js'
import { mediaType, readForm, utf8 } from './read-form.js'

/**
 * Reads what a page or a program of this app sends to a route: a form, or a JSON object of texts and lists of texts. In a
 * map, because `__proto__` is a member of every plain object (attack row 330).
 *
 * @throws RequestError fields_invalid for JSON of another shape, and what {@link readForm} throws
 */
export async function readFields(request: Request, maxBytes: number): Promise<Fields> {
  const json = mediaType(request.headers) === 'application/json'
  const values = json ? await jsonFields(request, maxBytes) : formFields(await readForm(request, maxBytes))
  const all = (name: string) => values.get(name) ?? []
  return {
    all,
    one(name) {
      const given = all(name)
      if (given.length > 1) throw new RequestError('fields_invalid')
      return given[0] === '' ? undefined : given[0]
    },
  }
}

function formFields(form: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  return new Map([...new Set(form.keys())].map((name) => [name, form.getAll(name)]))
}

async function jsonFields(request: Request, maxBytes: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = utf8(await readBody(request, maxBytes))
  if (text === '') return new Map()
  const body = parsed(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body) || hasDuplicateMembers(text))
    throw new RequestError('fields_invalid')
  return new Map(Object.entries(body).map(([name, value]) => [name, texts(value)]))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestError('fields_invalid')
  }
}

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (!list.every((each) => typeof each === 'string')) throw new RequestError('fields_invalid')
  return list
}
