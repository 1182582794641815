import type { Session } from '@scalegate/next'

/** The vendor's own organization, whose administrators have the back office. Where none is named, there is none. */
export function staffOrganization(): string | undefined {
  return process.env.STAFF_ORGANIZATION || undefined
}

/** Hides and does not protect: the page and each action guard themselves. */
export function isStaff({ organizationId, roles }: Session): boolean {
  return organizationId !== undefined && organizationId === staffOrganization() && roles.includes('admin')
}
