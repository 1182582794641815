import type { Session } from '@scalegate/next'
import type { Metadata } from 'next'
import Link from 'next/link'
import { Frame } from '@/components/frame'
import { auth } from '@/lib/auth'

// The template of a layout is for the pages below it, not beside it.
export const metadata: Metadata = { title: { absolute: 'Home · Plainboard' } }

/** Open to everybody: what this is for strangers, who they are for people who are signed in. */
export default async function HomePage() {
  const session = await auth()
  return <Frame session={session}>{session ? <Welcome session={session} /> : <Introduction />}</Frame>
}

function Introduction() {
  return (
    <>
      <section className="hero">
        <h1>Projects, one organization at a time.</h1>
        <p>
          A small B2B app to copy from: people log in through Scalekit, work in their organization, and see what their
          role allows.
        </p>
        <p>
          <Link className="button primary" href="/login">
            Log in
          </Link>
        </p>
      </section>
      <ul className="grid">
        <li className="card">
          <h2>Projects</h2>
          <p>
            Open to everybody who is signed in. New ones need <code>projects:create</code>, deleting one a login of the
            last five minutes.
          </p>
        </li>
        <li className="card">
          <h2>Members</h2>
          <p>
            Open to holders of <code>sk_org_users_read</code>; others get a 403.
          </p>
        </li>
        <li className="card">
          <h2>Settings</h2>
          <p>Members, single sign-on, directory and sessions: on pages of the app, and in Scalekit's hosted widgets.</p>
        </li>
      </ul>
    </>
  )
}

function Welcome({ session: { user, organizationId, roles, permissions } }: { session: Session }) {
  return (
    <>
      <h1>Hello, {user.givenName ?? user.name ?? user.email}.</h1>
      <dl className="card facts">
        <div>
          <dt>Signed in as</dt>
          <dd>
            {user.name} <span className="soft">{user.email}</span>
          </dd>
        </div>
        <div>
          <dt>Organization</dt>
          <dd>
            <code>{organizationId ?? 'none'}</code>
          </dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>
            <Badges names={roles} />
          </dd>
        </div>
        <div>
          <dt>Permissions</dt>
          <dd>
            <Badges names={permissions} />
          </dd>
        </div>
      </dl>
      <p>
        <Link className="button primary" href="/projects">
          Open projects
        </Link>
      </p>
    </>
  )
}

function Badges({ names }: { names: readonly string[] }) {
  if (names.length === 0) return 'none'
  return names.map((name) => [
    <span className="badge" key={name}>
      {name}
    </span>,
    ' ',
  ])
}
