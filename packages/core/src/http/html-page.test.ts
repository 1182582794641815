import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html, htmlPage } from './html-page.js'
import { htmlText } from './safe-html.js'

const page = {
  status: 400,
  title: 'Sign-in failed',
  heading: 'This login took too long.',
  body: html`<p>Try again.</p>`,
}

describe('htmlPage', () => {
  it('SEC-354 sends type with charset, nosniff, a policy that allows nothing foreign, no referrer and no-store', () => {
    const response = htmlPage(page)
    expect(response.status).toBe(400)
    const { 'content-security-policy': policy, ...others } = Object.fromEntries(response.headers)
    expect(others).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    expect(policy?.replace(/sha256-[^']+/, 'hash').split('; ')).toEqual([
      "default-src 'none'",
      "style-src 'hash'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
  })

  it('SEC-354 allows exactly the style it sends', async () => {
    const response = htmlPage(page)
    const style = /<style>(.*)<\/style>/s.exec(await response.text())?.[1] ?? ''
    expect(style).toContain('color-scheme:light dark')
    const hash = createHash('sha256').update(style).digest('base64')
    expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
  })

  it('is a document that screen readers and small screens can use', async () => {
    const text = await htmlPage(page).text()
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">')
    expect(text).toContain('<title>Sign-in failed</title>')
    expect(text).toMatch(/<main>\s*<h1>This login took too long\.<\/h1>\s*<p>Try again\.<\/p>\s*<\/main>/)
    expect(text).not.toContain('http-equiv="refresh"')
    expect(text).not.toContain('<script')
  })

  it('SEC-060 escapes title and heading', async () => {
    const text = await htmlPage({
      ...page,
      title: '</title><script>alert(1)</script>',
      heading: '"><img src=x>',
    }).text()
    expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>')
    expect(text).toContain('<h1>&quot;&gt;&lt;img src=x&gt;</h1>')
  })

  it('moves on to an address, escaped', async () => {
    const text = await htmlPage({ ...page, continueTo: 'https://auth.example/logout?a=b&c="d' }).text()
    expect(text).toContain('<meta http-equiv="refresh" content="0; url=https://auth.example/logout?a=b&amp;c=%22d">')
  })

  it.each(['/x', 'javascript:alert(1)', 'data:text/html,x'])('does not move on to %j', (continueTo) => {
    expect(() => htmlPage({ ...page, continueTo })).toThrow(TypeError)
  })

  it('carries further headers, but not over its own', () => {
    const headers = new Headers({ 'Content-Security-Policy': 'default-src *', 'Cache-Control': 'public' })
    headers.append('Set-Cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    const response = htmlPage({ ...page, headers })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })
})

describe('html', () => {
  it.each<[string, string, string]>([
    ['text', htmlText(html`<p>${'<b>&"\''}</p>`), '<p>&lt;b&gt;&amp;&quot;&#39;</p>'],
    ['a number', htmlText(html`<p>${7}</p>`), '<p>7</p>'],
    ['safe HTML', htmlText(html`<p>${html`<b>x</b>`}</p>`), '<p><b>x</b></p>'],
    [
      'a list',
      htmlText(html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}</ul>`),
      '<ul><li>a</li><li>&lt;</li></ul>',
    ],
    ['nothing', htmlText(html`<p>${undefined}</p>`), '<p></p>'],
  ])('renders %s', (_label, actual, expected) => {
    expect(actual).toBe(expected)
  })

  it('lets no text end the attribute or element it stands in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rendered = htmlText(html`<a title="${text}">${text}</a>`)
        expect(rendered).toMatch(/^<a title="[^"<>']*">[^"<>']*<\/a>$/)
      }),
    )
  })
})
