/**
 * Headers of every HTML answer.
 *
 * `form` is for pages whose form post ends in a redirect to the app: Chromium applies `form-action` to the whole
 * redirect chain, and an app may run on any origin.
 */
export function pageHeaders(kind: 'page' | 'form' | 'control'): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    `form-action ${kind === 'form' ? '*' : "'self'"}`,
    ...(kind === 'control' ? ["script-src 'self'"] : []),
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': policy.join('; '),
  }
}
