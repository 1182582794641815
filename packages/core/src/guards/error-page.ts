import { type ErrorCode, errorCodes } from '../errors/error-codes.js'
import type { ErrorEntry } from '../errors/error-entry.js'
import { privateHeaders } from '../http/cache-headers.js'
import { html, htmlPage } from '../http/html-page.js'
import type { ScalegateOptions } from '../options/scalegate-options.js'

/** A code of the table, or another one with its entry. */
export type ErrorPageRequest = (
  | { readonly code: ErrorCode; readonly entry?: never }
  | { readonly code: string; readonly entry: Omit<ErrorEntry, 'family'> }
) & {
  /** The way on. Its `href` is built from the configured base, never from the request. */
  readonly retry?: { readonly href: string; readonly label: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** The HTML page for a code: the app's own, or a small accessible one with a way on. */
export type ErrorPages = (request: ErrorPageRequest) => Response

/**
 * Pages show the sentence and the code of the error table and a link; never anything the request brought along
 * (attack row 60). The advice of the table is for developers and stays in messages and documents.
 */
export function createErrorPages(own: ScalegateOptions['errorPage']): ErrorPages {
  return ({ code, entry, retry, headers = {} }) => {
    const { status, title, advice } = entry ?? errorCodes[code]
    if (own !== undefined) return ownPage(own({ code, status, title, advice, retry }), status, headers)
    const link = retry === undefined ? undefined : html`<p><a href="${retry.href}">${retry.label}</a></p>`
    return htmlPage({
      status,
      title,
      heading: title,
      body: html`${link}<p><small>${code}</small></p>`,
      headers,
    })
  }
}

/** The app writes the document and its policy; the address may hold a code, so the rest stays ours. */
function ownPage(document: string, status: number, headers: Readonly<Record<string, string>>): Response {
  return new Response(document, {
    status,
    headers: {
      ...headers,
      ...privateHeaders,
      'Content-Type': 'text/html; charset=utf-8',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
