import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorCodes } from '../errors/error-codes.js'
import type { ErrorPageModel } from '../options/scalegate-options.js'
import { createErrorPages } from './error-page.js'

const retry = { href: 'https://app.example/auth/login?a=1&b=2', label: 'Log in <again>' }

describe('createErrorPages', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])('SEC-354 %s is a complete page with safe headers', async (code) => {
    const page = createErrorPages(undefined)({ code, retry })
    expect(page.status).toBe(errorCodes[code].status)
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
    const text = await page.text()
    expect(text).toContain(`<small>${code}</small>`)
    expect(text).toContain('<a href="https://app.example/auth/login?a=1&amp;b=2">Log in &lt;again&gt;</a>')
  })

  it('has no link where there is no way on', async () => {
    const page = createErrorPages(undefined)({ code: 'forbidden' })
    expect(await page.text()).not.toContain('<a ')
  })

  it('gives the app’s own page everything it needs and keeps status and privacy', async () => {
    const seen: ErrorPageModel[] = []
    const pages = createErrorPages((model) => {
      seen.push(model)
      return '<p>ours</p>'
    })
    const page = pages({ code: 'state_expired', retry, headers: { 'Retry-After': '5', 'Cache-Control': 'public' } })
    const { status, title, advice } = errorCodes.state_expired
    expect(seen).toEqual([{ code: 'state_expired', status, title, advice, retry }])
    expect({ status: page.status, text: await page.text(), headers: Object.fromEntries(page.headers) }).toEqual({
      status: 400,
      text: '<p>ours</p>',
      headers: {
        'cache-control': 'private, no-store',
        'content-type': 'text/html; charset=utf-8',
        'referrer-policy': 'no-referrer',
        'retry-after': '5',
        'x-content-type-options': 'nosniff',
      },
    })
  })
})
