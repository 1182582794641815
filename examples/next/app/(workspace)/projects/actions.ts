'use server'

import { revalidatePath } from 'next/cache'
import { auth } from '@/lib/auth'
import { createProject } from '@/lib/workspaces'

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
