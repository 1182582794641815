import * as z from 'zod/mini'
import { snakeCase } from './wire-name.js'

/** Reads one answer of the API, lenient about everything but what the type promises. */
export type Decoder<T> = z.ZodMiniType<T>

type Shape = Readonly<Record<string, z.ZodMiniType>>
type IsOptional<D> = undefined extends z.output<D> ? true : false
type Flat<T> = { [K in keyof T]: T[K] }

/** What a shape gives: members that can be undefined are absent instead. */
export type Decoded<S extends Shape> = Flat<
  { readonly [K in keyof S as IsOptional<S[K]> extends true ? never : K]: z.output<S[K]> } & {
    readonly [K in keyof S as IsOptional<S[K]> extends true ? K : never]?: Exclude<z.output<S[K]>, undefined>
  }
>

/** Without it there is nothing to work with: the one thing that is insisted on. */
export const id: Decoder<string> = z.string().check(z.minLength(1))

/** A member that may be absent; one of another type is as good as absent. */
export function lenient<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  // Not `z.catch`, which brings 2 kB for an error that nobody reads.
  return z.pipe(
    z.optional(z.unknown()),
    z.transform((value) => decoder.safeParse(value).data),
  )
}

export const text = lenient(z.string())
export const flag = lenient(z.boolean())
export const texts = lenient(z.readonly(z.array(z.string())))
/** The JSON of protobuf writes 64-bit numbers as text; the OpenAPI file says number. */
export const count = lenient(
  z.pipe(
    z.union([z.number(), z.string().check(z.regex(/^\d{1,15}$/))]),
    z.transform((value) => Number(value)),
  ),
)
/** A map whose keys are the user's: passed on as it came. */
export const map = lenient(z.custom<Readonly<Record<string, string>>>(isObject))
/** JSON of another system, such as a directory: passed on as it came. */
export const foreign = lenient(z.custom<Readonly<Record<string, unknown>>>(isObject))

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list; protobuf's JSON may leave out an empty one. */
export function list<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  return z.pipe(
    z.optional(z.nullable(z.array(decoder))),
    z.transform((items) => items ?? []),
  )
}

/** A list that an answer may not speak about at all. */
export function optionalList<T>(decoder: Decoder<T>): Decoder<readonly T[] | undefined> {
  return optional(z.array(decoder))
}

/** A part that may be absent; what is there must be whole. */
export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return z.pipe(
    z.optional(z.nullable(decoder)),
    z.transform((value) => value ?? undefined),
  )
}

/**
 * An object by its public names. Only these names are turned into `camelCase`, so that the keys of a map cannot be;
 * what else the answer has is ignored. `aliases` are second names on the wire that Scalekit's documents disagree about.
 */
export function answerObject<S extends Shape>(
  shape: S,
  aliases: Readonly<Record<string, string>> = {},
): Decoder<Decoded<S>> {
  const names = Object.entries(shape).map(([name, decoder]) => ({
    name,
    decoder,
    wire: snakeCase(name),
    alias: aliases[name],
  }))
  const members = names.flatMap(({ decoder, wire, alias }) => [
    [wire, decoder] as const,
    ...(alias === undefined ? [] : [[alias, decoder] as const]),
  ])
  return z.pipe(
    z.object(Object.fromEntries(members)),
    z.transform((answer: Readonly<Record<string, unknown>>) => {
      const read = names.map(({ name, wire, alias }) => [name, answer[wire] ?? answer[alias ?? wire]] as const)
      return Object.freeze(Object.fromEntries(read.filter(([, value]) => value !== undefined))) as Decoded<S>
    }),
  )
}

/** `{ organization: {…} }` → what is in it. */
export function wrapped<T>(name: string, decoder: Decoder<T>): Decoder<T> {
  return z.pipe(
    z.object({ [name]: decoder }),
    z.transform((answer: Readonly<Record<string, T>>) => answer[name] as T),
  )
}

/** An answer that says nothing: its body is not looked at. */
export const nothing: Decoder<void> = z.pipe(
  z.unknown(),
  z.transform(() => undefined),
)
