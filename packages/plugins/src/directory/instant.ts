const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,20}))?([Zz]|[+-]\d\d:\d\d)$/

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

/** The later one. */
export function latest(one: string, other: string | undefined): string {
  return other !== undefined && other > one ? other : one
}

function written(seconds: number, fraction: string): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`
}
