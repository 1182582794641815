import { absoluteHttpUrl } from './absolute-url.js'
import { privateHeaders } from './cache-headers.js'
import { html, htmlText, type SafeHtml } from './safe-html.js'

export { html, type SafeHtml } from './safe-html.js'

export interface HtmlPage {
  readonly status: number
  /** For the tab and for screen readers, which read it first. */
  readonly title: string
  readonly heading: string
  readonly body: SafeHtml
  /**
   * An absolute http(s) address the page moves on to at once. A form post that leaves the origin has to go this way:
   * `form-action 'self'`, which helmet sends by default, blocks a cross-origin redirect. Give a visible link as well.
   */
  readonly continueTo?: string
  readonly headers?: HeadersInit
}

/** The only style of the kit's pages. The hash below is of exactly this text; a test compares them. */
const pageStyle = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif}
main{box-sizing:border-box;width:min(34rem,100%);padding:2rem 1.5rem 6rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1.5rem;text-wrap:balance}
a{display:inline-block;padding:.5rem 1rem;border:1px solid;border-radius:.5rem;color:inherit;font-weight:600;text-decoration:none}
a:hover{text-decoration:underline}
a:focus-visible{outline:3px solid;outline-offset:3px}
small{opacity:.75}`

const styleHash = 'sha256-VZIaQzz/T+HmU8vsDr3pymSnmLm84bj6b8zx3DyindI='

/** No script, no frame, no address but our own, and style by hash, so that injected markup has nothing to work with. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${styleHash}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/**
 * A small page for a person: one heading, readable without style, in light and dark. Never cached, never framed
 * (RFC 9700 §4.16), and its links do not tell where they were followed from: a code may be in the address.
 *
 * @throws TypeError where `continueTo` is not an absolute http(s) address.
 */
export function htmlPage(page: HtmlPage): Response {
  const { status, title, heading, body, continueTo } = page
  const headers = new Headers(page.headers)
  headers.set('Content-Type', 'text/html; charset=utf-8')
  headers.set('Cache-Control', privateHeaders['Cache-Control'])
  headers.set('Content-Security-Policy', contentSecurityPolicy)
  headers.set('Referrer-Policy', 'no-referrer')
  headers.set('X-Content-Type-Options', 'nosniff')

  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${continueTo === undefined ? undefined : refresh(continueTo)}<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${body}
</main>
</body>
</html>
`
  return new Response(htmlText(document), { status, headers })
}

function refresh(address: string): SafeHtml {
  const target = absoluteHttpUrl(address)
  if (target === undefined) throw new TypeError('A page moves on to an absolute http(s) address only.')
  return html`<meta http-equiv="refresh" content="0; url=${target}">\n`
}
