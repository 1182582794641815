import type { ReactNode } from 'react'
import { Frame } from '@/components/frame'
import { auth } from '@/lib/auth'

/**
 * The frame of all pages for people who are signed in. A layout does not run again when somebody moves on between its
 * pages, so it protects none of them: each page has a guard of its own.
 */
export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  return <Frame session={await auth.requireAuth()}>{children}</Frame>
}
