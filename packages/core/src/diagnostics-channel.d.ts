/** The little of it that the bridge uses: core is compiled without Node's types, so that nothing else of Node slips in. */
declare module 'node:diagnostics_channel' {
  export function channel(name: string): { readonly hasSubscribers: boolean; publish(message: unknown): void }
}
