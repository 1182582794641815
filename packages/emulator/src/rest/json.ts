/** An object of an answer. */
export type Json = Readonly<Record<string, unknown>>

/** A member of an object that is left out where there is no value. */
export function given(name: string, value: unknown): Json {
  return value === undefined ? {} : { [name]: value }
}
