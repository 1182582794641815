/**
 * The two cookies of the backend. Neither is for scripts, and neither comes along when another site leads here: only
 * requests that begin on the app's own pages bring them.
 */
export function createCookies({ baseUrl }) {
  const secure = baseUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  const attributes = { httpOnly: true, sameSite: 'strict', secure, path: '/' }

  const cookie = (base) => {
    const name = `${prefix}${base}`
    return {
      read: (req) => cookieOf(req.headers.cookie ?? '', name),
      /** `lifetime` in seconds. */
      write: (res, value, lifetime) => res.cookie(name, value, { ...attributes, maxAge: lifetime * 1000 }),
      clear: (res) => res.clearCookie(name, attributes),
    }
  }
  return { handover: cookie('example-tokens-handover'), refresh: cookie('example-tokens-refresh') }
}

function cookieOf(header, name) {
  const pair = header.split('; ').find((each) => each.startsWith(`${name}=`))
  return pair?.slice(name.length + 1) ?? ''
}
