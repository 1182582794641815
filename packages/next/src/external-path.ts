import type { NextRequest } from 'next/server.js'

/**
 * The path of a request as the browser sees it: Next takes `basePath` off, and with `trailingSlash` it sends everybody
 * to an address that ends in one, the kit's routes included.
 */
export function externalPath({ nextUrl }: Pick<NextRequest, 'nextUrl'>): string {
  const { basePath, pathname, search } = nextUrl
  return basePath + pathname + search
}

/** The same without a slash at the end, as the kit knows its routes. */
export function routePath({ nextUrl }: Pick<NextRequest, 'nextUrl'>): string {
  const { basePath, pathname, search } = nextUrl
  return basePath + pathname.replace(/(?<=.)\/$/, '') + search
}
