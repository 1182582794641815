/** Some members of `T` to replace; `undefined` takes one away. */
export type Patch<T, K extends keyof T = keyof T> = { readonly [P in K]?: T[P] | undefined }

/** `value` with the members of `patch`; what is undefined is gone. */
export function patched<T extends object>(value: T, patch: Patch<T>): T {
  const entries = Object.entries({ ...value, ...patch }).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries) as T
}
