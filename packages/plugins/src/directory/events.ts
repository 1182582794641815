import { PluginError, type PluginKit, type WebhookEvent, type WebhookHandlers } from '@scalegate/core/plugin'
import { groupOfEvent } from './group.js'
import { instantAt, instantOf } from './instant.js'
import type { Ledger } from './ledger.js'
import type { Members } from './members.js'
import type { DirectoryChange, DirectoryOptions } from './options.js'
import { type FormerPerson, former, personOfEvent } from './person.js'
import type { Version } from './versions.js'

type Event<Kind extends string> = Extract<WebhookEvent, { type: `organization.${Kind}` }>

/**
 * What events of directories do. What the app throws goes on to the webhooks route, whose answer makes Scalekit send the
 * event again; what was done by then is not done again.
 */
export function directoryEvents(
  kit: PluginKit,
  parts: { readonly options: DirectoryOptions; readonly ledger: Ledger; readonly members: Members },
): WebhookHandlers {
  const { options, ledger, members } = parts
  const { users, groups, directories } = options

  return {
    'organization.directory.user_created': changedPerson,
    'organization.directory.user_updated': changedPerson,
    'organization.directory.user_deleted': (event) => {
      const { id, organizationId } = objectOf(event)
      return about(event, true, (change, standing, done) =>
        leave(former(id, organizationId, event.data.email), change, standing, done),
      )
    },
    ...(groups === undefined
      ? {}
      : {
          'organization.directory.group_created': changedGroup,
          'organization.directory.group_updated': changedGroup,
          'organization.directory.group_deleted': (event: Event<'directory.group_deleted'>) =>
            about(event, true, async (change, standing, done) => {
              if (standing === 'new') await groups.remove(objectOf(event), change)
              await done()
            }),
        }),
    'organization.directory_enabled': (event) => switched(event, directories?.enabled),
    'organization.directory_disabled': (event) => switched(event, directories?.disabled),
  }

  async function changedPerson(event: Event<'directory.user_created' | 'directory.user_updated'>): Promise<void> {
    const { organizationId } = objectOf(event)
    const person = await personOfEvent(event.data, organizationId, options.roles)
    const { active, id, email } = person
    await about(event, !active, async (change, standing, done) => {
      if (!active) return leave(former(id, organizationId, email), change, standing, done)
      if (standing === 'new') await users.upsert(person, change)
      await done()
      await members.assignRoles(person)
    })
  }

  async function changedGroup(event: Event<'directory.group_created' | 'directory.group_updated'>): Promise<void> {
    const group = await groupOfEvent(event.data, objectOf(event).organizationId)
    await about(event, false, async (change, standing, done) => {
      if (standing === 'new') await groups?.upsert(group, change)
      await done()
    })
  }

  /** Neither must keep the other from being done: the app may be slow, and Scalekit's API unreachable. */
  async function leave(
    person: FormerPerson,
    change: DirectoryChange,
    standing: 'new' | 'again',
    done: () => Promise<void>,
  ): Promise<void> {
    const tell = async () => {
      if (standing === 'new') await users.deactivate(person, change)
      await done()
    }
    const results = await Promise.allSettled([members.endSessions(person, change.occurredAt), tell()])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async function switched(
    event: Event<'directory_enabled' | 'directory_disabled'>,
    hear: ((directory: { readonly id: string }, change: DirectoryChange) => unknown) | undefined,
  ): Promise<void> {
    if (hear === undefined) return
    await about(event, false, async (change, standing, done) => {
      if (standing === 'new') await hear({ id: event.data.id }, { ...change, directoryId: event.data.id })
      await done()
    })
  }

  async function about(
    event: Event<`directory${string}`>,
    gone: boolean,
    task: (change: DirectoryChange, standing: 'new' | 'again', done: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const object = objectOf(event)
    const at = instantOf(event.occurredAt) ?? instantAt(kit.clock())
    const version: Version = { at, gone, by: event.id }
    // The kit knows what it has heard itself, and the ledger what was heard before a restart and what lists say.
    const told = event.stale
      ? 'stale'
      : await ledger.event(object, version, (standing, done) => task(changeOf(event, at), standing, done))
    if (told === 'stale') kit.report('event_ignored', { type: event.type, because: 'stale' })
  }
}

function changeOf(event: Event<`directory${string}`>, occurredAt: string): DirectoryChange {
  // In the sample of an older page of Scalekit's documents people have it, in the OpenAPI description groups only.
  const { directory_id: directoryId } = event.data as { readonly directory_id?: string }
  const { organizationId } = objectOf(event)
  return { organizationId, ...(directoryId ? { directoryId } : {}), occurredAt, reason: 'event' }
}

/** @throws PluginError directory_event_invalid: signed, and not about anything; Scalekit's log then shows it */
function objectOf({ data, organizationId }: Event<`directory${string}`>) {
  const { id, organization_id: named } = data
  const organization = named || organizationId
  const contradicts = Boolean(named && organizationId && named !== organizationId)
  if (!id || !organization || contradicts)
    throw new PluginError({
      code: 'directory_event_invalid',
      status: 400,
      title: 'The event does not say what it is about.',
    })
  return { id, organizationId: organization }
}
