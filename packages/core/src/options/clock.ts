/** The current time as NumericDate: whole seconds since 1970 (RFC 7519 §2). */
export type Clock = () => number

export const systemClock: Clock = () => Math.floor(Date.now() / 1000)
