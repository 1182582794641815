import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultSeed, type Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { people, startBuilt } from '../test/emulator.js'
import { session } from '../test/login.js'

let emulator: Emulator
let port: number

beforeAll(async () => {
  emulator = await startBuilt()
  port = Number(new URL(emulator.url).port)
})
afterAll(() => emulator.stop())

/** The status of a request with any Host header. */
function statusFor(host: string, path = '/keys'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.once('error', reject).end()
  })
}

describe('server', () => {
  it('says where it is', () => {
    expect(emulator.url).toBe(`http://localhost:${port}`)
    expect(emulator.environmentUrl).toBe(emulator.url)
    expect(emulator.clientId).toBe(defaultSeed.clients[0]?.id)
    expect(emulator.clientSecret).toBe(defaultSeed.clients[0]?.secret)
  })

  it('SEC-374 answers to loopback names only', async () => {
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect([host, await statusFor(host)]).toEqual([host, 200])
    }
    for (const host of [
      `evil.example:${port}`,
      'localhost',
      `localhost:${port + 1}`,
      `localhost.evil.example:${port}`,
      `127.0.0.1.nip.io:${port}`,
    ]) {
      expect([host, await statusFor(host), await statusFor(host, '/_emulator/state')]).toEqual([host, 421, 421])
    }
  })

  it('SEC-371 listens on loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address !== undefined && !address.internal && address.family === 'IPv4')
    for (const address of outside) {
      await expect(fetch(`http://${address?.address}:${port}/keys`)).rejects.toThrow()
    }
    await expect(fetch(`http://127.0.0.2:${port}/keys`)).rejects.toThrow()
  })

  it('SEC-371 refuses to start in production', async () => {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      await expect(startBuilt()).rejects.toThrow('NODE_ENV=production')
    } finally {
      process.env.NODE_ENV = before
    }
  })

  it('SEC-372 has its own keys at each start', async () => {
    const second = await startBuilt()
    const keyOf = async (url: string) => {
      const { keys } = (await (await fetch(`${url}/keys`)).json()) as { keys: { n: string }[] }
      return keys[0]
    }
    const [first, other] = [await keyOf(emulator.url), await keyOf(second.url)]
    await second.stop()
    expect(first?.n).not.toBe(other?.n)
    expect(Object.keys(first ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('names its issuer whatever host name was used', async () => {
    const metadata = await (await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`)).json()
    expect(metadata).toMatchObject({
      issuer: emulator.url,
      authorization_endpoint: `${emulator.url}/oauth/authorize`,
      token_endpoint: `${emulator.url}/oauth/token`,
      jwks_uri: `${emulator.url}/keys`,
      userinfo_endpoint: `${emulator.url}/userinfo`,
      end_session_endpoint: `${emulator.url}/oidc/logout`,
      revocation_endpoint: `${emulator.url}/revoke`,
      introspection_endpoint: `${emulator.url}/oauth/introspect`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
  })

  it('says "not emulated" where it has nothing', async () => {
    const response = await fetch(`${emulator.url}/nowhere`)
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('not emulated')])
  })

  it('keeps its cookies apart from another emulator by the port', async () => {
    const { browser } = await session(emulator, { user: people.ada })
    expect(browser.cookie(`scalekit_emulator_${port}`)).toEqual(expect.any(String))
    const response = await new Browser(emulator.url).get('/ui/')
    expect(response.status).toBe(302)
  })

  it('fails with a clear error when the port is taken', async () => {
    await expect(startBuilt({ port })).rejects.toThrow('EADDRINUSE')
  })

  it('stops, twice if need be, and frees the port', async () => {
    const other = await startBuilt()
    const { port: freed } = new URL(other.url)
    await Promise.all([other.stop(), other.stop()])
    await expect(fetch(`${other.url}/keys`)).rejects.toThrow()
    const again = await startBuilt({ port: Number(freed) })
    await again.stop()
  })

  it('takes where the app listens for the first client', async () => {
    const own = await startBuilt({ clients: { redirectUris: ['https://app.example/cb'] } })
    const { clients } = await own.control.state()
    await own.stop()
    expect(clients[0]?.redirectUris).toEqual(['https://app.example/cb'])
    expect(clients[0]?.postLogoutRedirectUris).toEqual(defaultSeed.clients[0]?.postLogoutRedirectUris)
  })
})
