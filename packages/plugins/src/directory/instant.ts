const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,20}))?([Zz]|[+-]\d\d:\d\d)$/

/** Seconds by which the clocks of Scalekit and the app may differ; the kit's own default. */
export const clockSkew = 60

/**
 * An instant as Scalekit sends it → UTC with nine digits of a second, so that the order of the texts is the order in time;
 * databases read it too. Undefined for what is none.
 */
export function instantOf(text: string | undefined): string | undefined {
  const [, date, time, fraction = '', zone = ''] = rfc3339.exec(text ?? '') ?? []
  const seconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`) / 1000
  if (!(seconds >= 0)) return undefined
  return written(seconds, fraction.slice(0, 9).padEnd(9, '0'))
}

/** NumericDate seconds in the same form. */
export function instantAt(seconds: number): string {
  return written(Math.floor(seconds), '000000000')
}

/** NumericDate of such a text, rounded down. */
export function secondsOf(instant: string): number {
  return Math.floor(Date.parse(`${instant.slice(0, 19)}Z`) / 1000)
}

/** The later one. */
export function latest(one: string, other: string | undefined): string {
  return other !== undefined && other > one ? other : one
}

function written(seconds: number, fraction: string): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`
}
