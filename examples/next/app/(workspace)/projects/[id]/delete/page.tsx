import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { auth } from '@/lib/auth'
import { findProject } from '@/lib/workspaces'
import { removeProject } from '../../actions'

export const metadata: Metadata = { title: 'Delete project' }

/** Whoever sees this page has proven within the last minutes who they are; the action asks again, and more. */
export default async function DeleteProjectPage({ params }: { params: Promise<{ id: string }> }) {
  await auth.requirePermission('projects:delete')
  const session = await auth.requireRecentLogin(300)
  const project = findProject(session, (await params).id)
  if (project === undefined) notFound()
  return (
    <section className="hero">
      <h1>Delete {project.name}?</h1>
      <p>This cannot be undone.</p>
      <form action={removeProject.bind(null, project.id)}>
        <button type="submit" className="primary danger">
          Delete project
        </button>{' '}
        <Link className="button" href="/projects">
          Keep it
        </Link>
      </form>
    </section>
  )
}
