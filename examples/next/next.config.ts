import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

/** The kit comes from this workspace, not from a registry. */
const workspace = fileURLToPath(new URL('../..', import.meta.url))

/**
 * As strict as helmet's default, but for scripts: Next writes what the page needs into scripts inside of it. Without
 * 'unsafe-inline' each page needs a nonce from the proxy (https://nextjs.org/docs/app/guides/content-security-policy).
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  // `next dev` evaluates code.
  `script-src 'self' 'unsafe-inline'${process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : ''}`,
  "script-src-attr 'none'",
  "style-src 'self' 'unsafe-inline'",
].join(';')

const config: NextConfig = {
  poweredByHeader: false,
  outputFileTracingRoot: workspace,
  turbopack: { root: workspace },
  // `next dev` prints addresses with their query, and those of the login carry its code.
  logging: { incomingRequests: { ignore: [/^\/auth\//] } },
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'Content-Security-Policy', value: contentSecurityPolicy },
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'Referrer-Policy', value: 'same-origin' },
      ],
    },
  ],
}

export default config
