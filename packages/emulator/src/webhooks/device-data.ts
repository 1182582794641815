type Json = Readonly<Record<string, unknown>>

/** Most specific first: every Chrome says Safari, and every Edge says Chrome. */
const browsers = ['Edg', 'Firefox', 'Chrome', 'Safari'] as const
const systems = ['Windows', 'Android', 'iPhone', 'Mac OS X', 'Linux'] as const

/** `device` of a session, as far as a `User-Agent` tells; everybody logs in from the loopback address. */
export function deviceJson(userAgent: string): Json {
  const browser = browsers.find((name) => userAgent.includes(`${name}/`))
  return {
    browser: browser ?? '',
    browser_version: browser === undefined ? '' : (userAgent.split(`${browser}/`)[1]?.split(' ')[0] ?? ''),
    device_type: /Mobile|iPhone|Android/.test(userAgent) ? 'Mobile' : 'Desktop',
    ip: '127.0.0.1',
    os: systems.find((name) => userAgent.includes(name)) ?? '',
    os_version: '',
    user_agent: userAgent,
    location: { city: '', region: '', region_subdivision: '', latitude: '', longitude: '' },
  }
}
