'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { auth } from '@/lib/auth'
import { createProject, deleteProject } from '@/lib/workspaces'

/** A server action is a public endpoint, so it has a guard of its own. Gives what went wrong, for the form. */
export const newProject = auth.action(
  { permission: 'projects:create' },
  async (session, _before: string | undefined, form: FormData) => {
    const project = createProject(session, form.get('name'))
    if (project === undefined) return 'Not created. A project needs a name of 1 to 80 characters.'
    revalidatePath('/projects')
    return undefined
  },
)

/** What cannot be undone asks more: a login of the last five minutes, and the permission as Scalekit sees it now. */
export const removeProject = auth.action(
  { permission: 'projects:delete', recentLogin: 300, fresh: true },
  async (session, id: string, _form: FormData) => {
    deleteProject(session, id)
    redirect('/projects')
  },
)
