import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { errors } from 'oidc-provider'
import { now } from '../clock.js'
import type { Engine } from '../engine/engine.js'
import { type Selection, type SelectionParams, select } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import type { Client } from '../state/directory.js'
import type { Invitation } from '../state/invitations.js'
import type { PendingLogin } from '../state/pending-logins.js'
import type { Session } from '../state/sessions.js'

/** A Hono context that knows Node's own request and response. */
export type NodeContext = Context<{ Bindings: HttpBindings }>

/** One authorization request that waits for a person. */
export interface Interaction {
  readonly id: string
  readonly params: SelectionParams
  readonly client: Client
  /** The browser's live Scalekit session. */
  readonly session: Session | undefined
  /** Who has proven who they are on an earlier page of this login. */
  readonly proven: PendingLogin | undefined
}

/** Finds the interaction of a page; undefined when it is over or belongs to another browser. */
export async function findInteraction(
  environment: Environment,
  engine: Engine,
  c: NodeContext,
): Promise<Interaction | undefined> {
  const details = await engine.provider.interactionDetails(c.env.incoming, c.env.outgoing).catch((error: unknown) => {
    // Thrown for a missing cookie and for an interaction that is over: both mean "not found" here.
    if (error instanceof errors.SessionNotFound) return undefined
    throw error
  })
  if (details === undefined || details.uid !== c.req.param('uid')) return undefined
  const client = environment.directory.client(String(details.params.client_id))
  if (client === undefined) return undefined
  return {
    id: details.uid,
    params: details.params as SelectionParams,
    client,
    session: environment.sessions.ofCookie(getCookie(c, environment.cookieName)),
    proven: environment.pendingLogins.get(details.uid),
  }
}

/** The invitation that the app forwarded, while it can be accepted. */
export function openInvitation(environment: Environment, { params }: Interaction): Invitation | undefined {
  return environment.invitations.findOpen(params.invitation_token)
}

/** What the authorization request leads to now; the engine asked the same question when it came in. */
export function selectionOf(environment: Environment, interaction: Interaction): Selection {
  const { params, session } = interaction
  const { directory, settings } = environment
  return select({ params, session, directory, settings, now: now() })
}
