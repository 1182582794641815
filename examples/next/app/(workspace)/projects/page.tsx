import { Permitted } from '@scalegate/next/client'
import type { Metadata } from 'next'
import { auth } from '@/lib/auth'
import { workspaceOf } from '@/lib/workspaces'
import { NewProject } from './new-project'

export const metadata: Metadata = { title: 'Projects' }

/** The projects of the session's organization, and a form for those who may create one. */
export default async function ProjectsPage() {
  const session = await auth.requireAuth()
  return (
    <>
      <h1>Projects</h1>
      {/* This hides the form; the guard of its action is what refuses. */}
      <Permitted
        permission="projects:create"
        fallback={<p className="soft">Your role may look at projects, not create them.</p>}
      >
        <NewProject />
      </Permitted>
      <ul className="card rows">
        {workspaceOf(session).projects.map(({ id, name, createdBy }) => (
          <li key={id}>
            <b>{name}</b> <span className="soft">{createdBy}</span>
            <Permitted permission="projects:delete">
              {/* May lead through the login, so it is a plain link and not a `Link`. */}
              <a href={`/projects/${id}/delete`} aria-label={`Delete ${name}`}>
                Delete
              </a>
            </Permitted>
          </li>
        ))}
      </ul>
    </>
  )
}
