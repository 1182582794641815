import type { DirectoryGroup as GroupRecord } from '@scalegate/core/management'
import type { WebhookEvent } from '@scalegate/core/plugin'
import { fingerprintOf } from './fingerprint.js'

/** A group as the customer's directory knows it. Who is in it, people say. */
export interface SyncedGroup {
  /** `dirgroup_…` */
  readonly id: string
  readonly organizationId: string
  readonly name?: string
  /** Changes with the name. Give it back in `groups.list`, and `reconcile` sees the difference. */
  readonly fingerprint: string
}

type EventGroup = Extract<WebhookEvent, { type: 'organization.directory.group_updated' }>['data']

export async function groupOfEvent(data: EventGroup, organizationId: string): Promise<SyncedGroup> {
  return group(data.id, organizationId, data.display_name)
}

export async function groupOfRecord({ id, displayName }: GroupRecord, organizationId: string): Promise<SyncedGroup> {
  return group(id, organizationId, displayName)
}

async function group(id: string, organizationId: string, name: string | undefined): Promise<SyncedGroup> {
  const known = { id, organizationId, ...(name ? { name } : {}) }
  return Object.freeze({ ...known, fingerprint: await fingerprintOf(known) })
}
