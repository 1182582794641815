import { addAdminPortalToCsp } from '@scalegate/browser/csp'
import { scalegate } from '@scalegate/next'
import { adminPortal } from '@scalegate/plugins/admin-portal'
import { NextResponse } from 'next/server'
import { authOptions } from '@/lib/auth-options'
import { contentSecurityPolicy } from '@/lib/content-security-policy'

// `auth` without what logins and webhooks do, which would bring the database into the proxy's program. Sessions are the same.
const auth = scalegate({ ...authOptions, plugins: [adminPortal()] })

// Refreshes sessions. It guards nothing: each page, handler and action guards itself.
export const proxy = auth.proxy((request) => {
  const response = NextResponse.next()
  // This page alone may show a frame, and from Scalekit's origin alone. A build does not know that origin.
  if (request.nextUrl.pathname === '/settings/portal')
    response.headers.set(
      'Content-Security-Policy',
      addAdminPortalToCsp(contentSecurityPolicy, auth.adminPortal.frameSource()),
    )
  return response
})

export const config = { matcher: ['/((?!_next/static|_next/image|.*\\..*).*)'] }
