import { auth } from '@/lib/auth'

// Refreshes sessions. It guards nothing: each page, handler and action guards itself.
export const proxy = auth.proxy()

export const config = { matcher: ['/((?!_next/static|_next/image|.*\\..*).*)'] }
