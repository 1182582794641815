/**
 * As strict as helmet's default, but for scripts: Next writes what the page needs into scripts inside of it. Without
 * 'unsafe-inline' each page needs a nonce from the proxy (https://nextjs.org/docs/app/guides/content-security-policy).
 */
export const contentSecurityPolicy = [
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
