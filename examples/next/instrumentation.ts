import { auth } from '@/lib/auth'

// A bad environment is told in full as the server starts, and answers 500 until it is right.
export const register = auth.register
