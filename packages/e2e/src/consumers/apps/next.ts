/** The app of design.md §1 on Next 16, a file each. It is TypeScript, and `next build` checks its types. */
export const next: Readonly<Record<string, string>> = {
  'lib/auth.ts': `
import { scalegate } from '@scalegate/next'

declare module '@scalegate/next' {
  interface Register {
    permissions: 'projects:read'
  }
}

export const auth = scalegate()
export const misspelt = [
  // @ts-expect-error: not a permission of this app
  () => auth.requirePermission('projects:raed'),
  // @ts-expect-error: not a permission of Scalekit
  () => auth.requirePermission('sk_org_users_raed'),
  // @ts-expect-error: not a permission of this app
  () => auth.route({ permission: 'projects:raed' }, () => new Response()),
]
export const wellSpelt = () => auth.requirePermission('projects:read', 'sk_org_users_read')
`,
  'proxy.ts': `
import { auth } from './lib/auth'

export const proxy = auth.proxy()
export const config = { matcher: ['/((?!_next/static|_next/image|.*\\\\..*).*)'] }
`,
  'instrumentation.ts': `
import { auth } from './lib/auth'

export const register = auth.register
`,
  'app/auth/[...scalegate]/route.ts': `
import { auth } from '../../../lib/auth'

export const { GET, POST } = auth.handlers
`,
  'app/layout.tsx': `
import type { ReactNode } from 'react'

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
`,
  'app/page.tsx': `
import { SessionProvider, SignedIn, SignedOut } from '@scalegate/next/client'
import { auth } from '../lib/auth'

/** Components of the client entry, straight in a Server Component: the entry itself says that it is for the browser. */
export default async function Page() {
  return (
    <SessionProvider initial={await auth()}>
      <SignedIn>welcome</SignedIn>
      <SignedOut>stranger</SignedOut>
    </SessionProvider>
  )
}
`,
  'app/members/route.ts': `
import { auth } from '../../lib/auth'

export const GET = auth.route({ permission: 'sk_org_users_read' }, (_request, { session }) =>
  Response.json(session.user),
)
`,
  'app/team/page.tsx': `
import { SessionProvider } from '@scalegate/next/client'
import { auth } from '../../lib/auth'
import { invite } from './actions'
import { Greeting } from './greeting'

export default async function Page() {
  const session = await auth.requirePermission('sk_org_users_read')
  return (
    <SessionProvider initial={session}>
      <Greeting />
      <form action={invite}>
        <input name="email" />
      </form>
    </SessionProvider>
  )
}
`,
  'app/team/greeting.tsx': `
'use client'

import { Permitted, useSession } from '@scalegate/next/client'

export function Greeting() {
  const { session } = useSession()
  return (
    <p>
      {\`user \${session?.user.id}\`} <Permitted permission="sk_org_users_invite">may invite</Permitted>
      <Permitted permission="projects:read">may read projects</Permitted>
    </p>
  )
}
`,
  'app/team/actions.ts': `
'use server'

import { redirect } from 'next/navigation'
import { auth } from '../../lib/auth'

export const invite = auth.action({ permission: 'sk_org_users_invite' }, async (session, form: FormData) => {
  redirect(\`/?invited=\${form.get('email')}&by=\${session.user.id}\`)
})
`,
  // Links of the project lead to the store and into the workspace, and Turbopack follows none that leave its root.
  'next.config.mjs': `
export default { turbopack: { root: '/' }, outputFileTracingRoot: '/' }
`,
}
