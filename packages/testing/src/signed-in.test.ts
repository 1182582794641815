import { describe, expect, it } from 'vitest'
import { signedIn } from './signed-in.js'

const options = {
  issuer: 'https://acme.scalekit.dev',
  clientId: 'skc_1',
  clientSecret: 'secret-of-the-client',
  cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  baseUrl: 'https://app.example',
}

describe('signedIn', () => {
  it('gives a browser the attributes that the kit sets: https', async () => {
    const [cookie] = (await signedIn({}, options)).cookies()
    expect(cookie).toEqual({
      name: '__Host-scalegate',
      value: expect.stringMatching(/^Fe26/),
      domain: 'app.example',
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    })
  })

  it('plain http on this machine, at the address the browser uses', async () => {
    const ada = await signedIn({}, { ...options, baseUrl: 'http://127.0.0.1:3000' })
    expect(ada.cookies('http://localhost:4000')).toMatchObject([
      { name: 'scalegate', domain: 'localhost', secure: false },
    ])
    expect(ada.cookie).toBe(`scalegate=${ada.cookies()[0]!.value}`)
  })

  it('a shared domain and another site’s frame', async () => {
    const session = { domain: 'app.example', sameSite: 'none' } as const
    const ada = await signedIn({}, { ...options, baseUrl: 'https://www.app.example', session })
    expect(ada.cookies()).toMatchObject([
      { name: '__Secure-scalegate', domain: '.app.example', secure: true, sameSite: 'None' },
    ])
  })

  it('says what is missing or cannot be', async () => {
    const ada = await signedIn({}, options)
    expect(() => ada.cookies('http://127.0.0.1:3000')).toThrow(/over https only/)
    expect(() => ada.cookies('app')).toThrow(/where the browser visits/i)
    await expect(signedIn({}, { ...options, cookieSecret: 'short' })).rejects.toMatchObject({
      code: 'configuration_invalid',
    })
    await expect(signedIn({}, {}, {})).rejects.toMatchObject({ code: 'configuration_invalid' })
  })
})
