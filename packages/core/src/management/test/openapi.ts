import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** As much of a JSON Schema as the file of Scalekit uses. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

/** The public description of the API, which lies beside the repository where the project keeps its sources. */
const descriptionPath = new URL('../../../../../../shared/openapi/scalekit.yaml', import.meta.url)
export const hasDescription = existsSync(descriptionPath)

export class ApiDescription {
  readonly #document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }

  constructor() {
    this.#document = parse(readFileSync(descriptionPath, 'utf8'))
  }

  /** The operation of a request, by its method and literal path; the most literal one where several fit. */
  operation(method: string, path: string): Operation | undefined {
    const fitting = Object.entries(this.#document.paths)
      .filter(([template]) => matches(template, path))
      .sort(([one], [other]) => literals(other) - literals(one))
    return fitting.map(([, methods]) => methods[method.toLowerCase()]).find((operation) => operation !== undefined)
  }

  resolve(schema: Schema | undefined): Schema {
    if (schema?.$ref === undefined) return schema ?? {}
    const found = schema.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], this.#document)
    return this.resolve(found as Schema)
  }

  bodySchema(operation: Operation): Schema | undefined {
    return operation.requestBody?.content['application/json']?.schema
  }

  answerSchema(operation: Operation): Schema | undefined {
    const [, success] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? []
    return success?.content?.['application/json']?.schema
  }

  /** Places in a value that the schema does not know. */
  unknownIn(value: unknown, schema: Schema | undefined, at = ''): readonly string[] {
    const { type, properties, items, additionalProperties } = this.resolve(schema)
    if (Array.isArray(value)) {
      return items === undefined ? [`${at}: no list`] : value.flatMap((one) => this.unknownIn(one, items, `${at}[]`))
    }
    if (typeof value !== 'object' || value === null) return properties === undefined ? [] : [`${at}: no object`]
    if (additionalProperties || (type === 'object' && properties === undefined)) return []
    return Object.entries(value).flatMap(([name, member]) => {
      const known = properties?.[name]
      return known === undefined ? [`${at}.${name}`] : this.unknownIn(member, known, `${at}.${name}`)
    })
  }

  /** A value with every member that the schema knows, as far as it does not contain itself. */
  sample(schema: Schema | undefined, within: readonly string[] = []): unknown {
    const { type, properties, items, additionalProperties } = this.resolve(schema)
    const inside = schema?.$ref === undefined ? within : [...within, schema.$ref]
    if (type === 'array') return within.includes(items?.$ref ?? '') ? [] : [this.sample(items, inside)]
    if (properties !== undefined) {
      return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, this.sample(one, inside)]))
    }
    if (additionalProperties || type === 'object') return { snake_key: 'a', camelKey: 'b' }
    if (type === 'boolean') return true
    if (type === 'integer' || type === 'number') return 7
    return schema?.type === 'string' && (schema as { format?: string }).format === 'int64' ? '7' : 'text'
  }
}

function matches(template: string, path: string): boolean {
  const pattern = template
    .split(/\{[^}]+\}/)
    .map((literal) => literal.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'))
    .join('[^/]+')
  return new RegExp(`^${pattern}$`).test(path)
}

function literals(template: string): number {
  return template.replaceAll(/\{[^}]+\}/g, '').length
}
