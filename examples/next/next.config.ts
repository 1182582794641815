import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'
import { contentSecurityPolicy } from './lib/content-security-policy'

/** The kit comes from this workspace, not from a registry. */
const workspace = fileURLToPath(new URL('../..', import.meta.url))

const config: NextConfig = {
  poweredByHeader: false,
  outputFileTracingRoot: workspace,
  turbopack: { root: workspace },
  // PGlite finds its files beside its own module; one drizzle-orm for all three programs.
  serverExternalPackages: ['@electric-sql/pglite', 'drizzle-orm', 'pg'],
  // `next dev` prints addresses with their query, and those of the login carry its code.
  logging: { incomingRequests: { ignore: [/^\/auth\//] } },
  // Browsers ask for it on pages that name no icon, such as the kit's own.
  rewrites: async () => [{ source: '/favicon.ico', destination: '/icon.svg' }],
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
