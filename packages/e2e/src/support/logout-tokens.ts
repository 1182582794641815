import type { LogoutTokenInput } from '@scalegate/emulator'
import { type Answer, Browser, exchange } from '@scalegate/testing/audits'
import { expect } from 'vitest'
import { logIn, people } from './journey.js'
import type { Stage } from './stage.js'

export const formType = 'application/x-www-form-urlencoded'

/** 200 without a word. */
export function expectDone({ status, headers, text }: Answer): void {
  expect({ status, text }).toEqual({ status: 200, text: '' })
  expectQuiet(headers)
}

/** A refusal: RFC 6749 §5.2's members with fixed words, and nothing of the request. */
export function expectRefused(
  { status, headers, text }: Answer,
  code = 'logout_token_invalid',
  expectedStatus = 400,
): void {
  const error = code === 'revocation_unavailable' ? 'temporarily_unavailable' : 'invalid_request'
  expect({ status, body: JSON.parse(text) }).toEqual({
    status: expectedStatus,
    body: { error, error_description: code },
  })
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expectQuiet(headers)
}

export function expectQuiet(headers: Headers): void {
  expect(headers.get('cache-control')).toContain('no-store')
  expect([headers.get('location'), headers.getSetCookie(), headers.get('access-control-allow-origin')]).toEqual([
    null,
    [],
    null,
  ])
}

/** The provider with its tokens, and people with their sessions. */
export function logoutTokens(stage: () => Stage) {
  const url = () => `${stage().app.origin}/auth/backchannel-logout`
  /** A request as the provider sends it: no cookie, no fetch metadata. */
  const send = (body: string, contentType = formType, method = 'POST') => {
    const headers = new Headers({ 'content-length': String(Buffer.byteLength(body)) })
    if (contentType !== '') headers.set('content-type', contentType)
    return exchange(url(), method, headers, body)
  }
  const signedIn = async (user: string = people.ada) => {
    const browser = new Browser()
    await logIn(browser, stage().app, { user })
    const session = JSON.parse((await browser.fetch(`${stage().app.origin}/private`)).text) as {
      sid: string
      user: { id: string }
    }
    await stage().forget()
    return { browser, sid: session.sid, sub: session.user.id }
  }
  return {
    url,
    send,
    post: (token: string) => send(new URLSearchParams({ logout_token: token }).toString()),
    mint: async (input: LogoutTokenInput) => (await stage().emulator.control.logoutToken(input)).logout_token,
    signedIn,
    isIn: async ({ browser }: { browser: Browser }) =>
      (await browser.fetch(`${stage().app.origin}/private`)).status === 200,
  }
}
