import type { ScalegateEvent } from '../model/events.js'
import type { Requirement } from '../model/requirement.js'
import type { Session } from '../model/session.js'
import type { UnknownWebhookEvent, WebhookEvent, WebhookHandlers } from '../model/webhook-events.js'
import type { Clock } from './clock.js'
import type { ResolvedOptions } from './resolved-options.js'
import type { EndedSessions } from './scalegate-options.js'
import type { Store } from './store.js'

/** The values of a form or a JSON object that somebody sent: text, and nothing else of the request. */
export interface Fields {
  /** The one value, or undefined where there is none or an empty one. @throws RequestError fields_invalid for several. */
  readonly one: (name: string) => string | undefined
  /** Every value, in the order sent. */
  readonly all: (name: string) => readonly string[]
}

/** One request to a route of a plugin. */
export interface OpenPluginCall {
  readonly request: Request
  readonly query: URLSearchParams
  /** True for a page load and for a form that a browser posted by itself; false for programs. */
  readonly navigates: boolean
  /** What the framework gave for this request, as hooks get it. */
  readonly at: unknown
  /**
   * Reads the body once: a form or a JSON object of texts and lists of texts, 16 KB at the most.
   *
   * @throws RequestError unsupported_media_type, payload_too_large, body_unreadable, fields_invalid; on a guarded route
   * SessionError wrong_organization where `organization_id` names another organization than the session's.
   */
  readonly fields: () => Promise<Fields>
  /**
   * Programs get the result as JSON. A person who posted a form is sent to the field `return_to`, if it is a page of
   * this app, else to the page of the form.
   */
  readonly done: (result: object, options?: { readonly status?: number }) => Response
  /**
   * A page that moves on to another address, for people who posted a form: a redirect to another site would be blocked
   * by a policy of `form-action 'self'`, helmet's default. Title and label are static text.
   *
   * @throws TypeError where `href` is not an absolute http(s) address.
   */
  readonly leave: (page: { readonly href: string; readonly title: string; readonly label: string }) => Response
}

/** One request of somebody who meets what the endpoint requires. */
export interface PluginCall extends OpenPluginCall {
  readonly session: Session
}

/**
 * What answers one method of a route. A `POST` must come from a page of this app (CSRF), whoever may call it. What it
 * throws is answered: an error of the kit or a `PluginError` by its status, anything else by the framework.
 */
export type PluginEndpoint =
  | {
      /** What the caller must meet, as for any guard; `{}` asks for a signed-in person. */
      readonly requires: Requirement
      // Not `never`: compilers without `exactOptionalPropertyTypes` would not know what `answer` gets.
      readonly open?: false
      readonly answer: (call: PluginCall) => Promise<Response>
    }
  | {
      /** For everybody, strangers too. */
      readonly open: true
      readonly requires?: undefined
      readonly answer: (call: OpenPluginCall) => Promise<Response>
    }

/** The methods a route of a plugin answers; HEAD and OPTIONS are the kit's business. */
export interface PluginRoute {
  readonly get?: PluginEndpoint
  readonly post?: PluginEndpoint
}

/** What a plugin adds, and all it can add. */
export interface PluginParts<Api extends object = object> {
  /** By path: `invitations` lies below the base path of the kit, `/settings/invitations` is a path of the app. */
  readonly routes?: Readonly<Record<string, PluginRoute>>
  /**
   * Webhook handlers. They run before the app's own, which are told whoever fails; Scalekit then sends the event again,
   * and this process does not run again what was done.
   */
  readonly on?: WebhookHandlers
  /** Hears every webhook event that its `on` has no handler for. */
  readonly onOther?: (event: UnknownWebhookEvent | WebhookEvent) => void | Promise<void>
  /** Hears every event of the kit. */
  readonly onEvent?: (event: ScalegateEvent) => void
  /** The helpers the app gets under the name of the plugin: functions, and makers of checks for `auth.require(…)`. */
  readonly api?: Api
}

/** What the environment says. */
export type PluginSettings = Pick<
  ResolvedOptions,
  'issuer' | 'clientId' | 'product' | 'baseUrl' | 'paths' | 'fetch' | 'timeouts'
>

/** Texts by name, as {@link Store} keeps them: atomic, and gone when their seconds are over. */
export type SharedTexts = Pick<Store, 'get' | 'set' | 'delete'>

/** What the kit gives a plugin. Nothing here can be asked before the first request on platforms whose environment comes with it. */
export interface PluginKit {
  /** @throws ConfigurationError configuration_invalid */
  readonly settings: () => PluginSettings
  /** NumericDate seconds. */
  readonly clock: Clock
  /** The absolute address of a path of the app, or of a route below the kit's base path. */
  readonly urlOf: (route: string) => string
  /** A client-credentials access token for Scalekit's REST API; `refused` is one that was answered with 401. */
  readonly managementToken: (refused?: string) => Promise<string>
  /** A value that exists once in this process for this plugin and environment; module state is not that on Next. */
  readonly slot: <T>(name: string, create: () => T) => T
  /**
   * Small texts that all processes of the app know, in its `store`; in the memory of this one where there is none. Under
   * names of this plugin's own, which are kept as hashes. What says something of a person is the plugin's to hash or seal.
   *
   * @throws StoreError store_unavailable (503)
   */
  readonly shared: SharedTexts
  /** Tells `onEvent` what happened. Codes and counts, never addresses, tokens or what a person typed. */
  readonly report: (event: string, details?: Readonly<Record<string, string | number | boolean>>) => void
  /** Ends sessions here as back-channel logout does; the sessions at Scalekit are the plugin's to end. */
  readonly endSessions: (ended: EndedSessions) => Promise<void>
  /** The next request of this person asks Scalekit before it is believed, e.g. because their roles have changed. */
  readonly refreshSessions: (person: { readonly userId: string; readonly organizationId?: string }) => Promise<void>
}

/** Something that adds routes, webhook handlers, checks and typed helpers to the kit. */
export interface Plugin<Name extends string = string, Api extends object = object> {
  /** The name of its helpers on the kit: `auth[name]`. Letters and digits, the first one small. */
  readonly name: Name
  /** Called once for each kit. Keep it free of effects: it runs when a module is loaded, in a build too. */
  readonly setUp: (kit: PluginKit) => PluginParts<Api>
}

type ApiOf<Each> = Each extends Plugin<string, infer Api> ? Api : never

/** The helpers of plugins, by their names. */
export type PluginApis<Plugins extends readonly Plugin[]> = {
  readonly [Each in Plugins[number] as Each['name']]: ApiOf<Each>
}

/** Who hears webhooks: a plugin, or the app itself. */
export interface WebhookListener {
  readonly name: string
  readonly on: WebhookHandlers | undefined
  readonly onOther: PluginParts['onOther'] | undefined
}

/**
 * A plugin, with the types of its helpers inferred.
 *
 * ```ts
 * export const greetings = () =>
 *   definePlugin({ name: 'greetings', setUp: () => ({ api: { hello: (name: string) => `Hello ${name}` } }) })
 * ```
 */
export function definePlugin<const Name extends string, Api extends object = object>(
  plugin: Plugin<Name, Api>,
): Plugin<Name, Api> {
  return plugin
}
