import { AdminPortalError } from '../admin-portal-error.js'
import { environmentOrigin, parsed } from '../environment-origin.js'
import type { AdminPortalEventMap } from './portal-event.js'
import type { PortalLinkRequest } from './portal-link.js'
import { openPortal } from './portal-opening.js'
import { PortalView } from './portal-view.js'
import { ReloadBudget } from './reload-budget.js'

/** Servers import this file too, and have no elements. */
const ElementBase = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/** What an `<scalekit-admin-portal>` is doing. */
export type AdminPortalState = 'loading' | 'loaded' | 'failed'

/**
 * `<scalekit-admin-portal>`: Scalekit's admin portal in a page of yours, where administrators of a customer set up
 * single sign-on, directory sync and domains.
 *
 * It asks your server for a link by `POST` to `src`, shows the portal in a sandboxed frame, and asks again when the
 * portal's session ends, at most three times a minute. What it dispatches is in {@link AdminPortalEventMap}.
 */
export class AdminPortalElement extends ElementBase {
  static readonly observedAttributes: readonly string[] = ['src', 'features', 'environment', 'title']

  /** Undefined until the element is in a page, and whenever it has left one. */
  #opening: AbortController | undefined
  #isAsked = false
  #view: PortalView | undefined
  #state: AdminPortalState = 'loading'
  #error: AdminPortalError | null = null
  readonly #reloads = new ReloadBudget()

  /** The route of this app that answers portal links; of the page's own origin. @defaultValue `/auth/admin-portal` */
  get src(): string {
    return this.getAttribute('src') ?? '/auth/admin-portal'
  }
  set src(value: string | null | undefined) {
    this.#reflect('src', value)
  }

  /** The parts to show, `sso` and `dir_sync`, with spaces between. @defaultValue all */
  get features(): string {
    return this.getAttribute('features') ?? ''
  }
  set features(value: string | null | undefined) {
    this.#reflect('features', value)
  }

  /** The origin of the Scalekit environment: a link to another one is refused. @defaultValue what the server says */
  get environment(): string {
    return this.getAttribute('environment') ?? ''
  }
  set environment(value: string | null | undefined) {
    this.#reflect('environment', value)
  }

  get state(): AdminPortalState {
    return this.#state
  }

  /** Why there is no portal, in the state `failed`. */
  get error(): AdminPortalError | null {
    return this.#error
  }

  /** Throws the portal away and opens it anew, with a new link. */
  reload(): void {
    if (this.isConnected) this.#open()
  }

  /** @internal */
  connectedCallback(): void {
    for (const name of ['src', 'features', 'environment'] as const) this.#adopt(name)
    this.#ask()
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#opening?.abort()
    this.#opening = undefined
    this.#reloads.refill()
  }

  /** With this, `moveBefore()` leaves the portal open. @internal */
  connectedMoveCallback(): void {}

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return
    const frame = this.shadowRoot?.querySelector('iframe')
    if (name !== 'title') this.#ask()
    else if (frame) frame.title = this.#frameTitle()
  }

  /** Several attributes at once are one new link. */
  #ask(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    queueMicrotask(() => {
      this.#isAsked = false
      this.#reloads.refill()
      this.reload()
    })
  }

  #open(): void {
    this.#view ??= new PortalView(this, () => this.#retry())
    const view = this.#view
    // First what is shown, then the old frame away: its focus would be nowhere before it could be passed on.
    view.showLoading()
    this.#opening?.abort()
    this.#opening = new AbortController()
    const { signal } = this.#opening
    this.#state = 'loading'
    this.#error = null
    const failed = (error: AdminPortalError) => this.#fail(error)
    const request = this.#request()
    if (request instanceof AdminPortalError) {
      failed(request)
      return
    }
    openPortal(
      request,
      {
        place: view.place,
        title: () => this.#frameTitle(),
        loaded: () => {
          this.#state = 'loaded'
          view.showPortal()
          this.#dispatch('scalekit-portal-load', null)
        },
        received: (event) => this.#dispatch('scalekit-portal-event', event),
        expired: () => {
          this.#dispatch('scalekit-portal-session-expired', null)
          // A listener may have removed the element or opened it anew.
          if (signal.aborted) return
          if (this.#reloads.take(Date.now())) this.#open()
          else
            failed(new AdminPortalError('session_expired', 'The portal ended its session several times in a minute.'))
        },
        failed,
      },
      signal,
    )
  }

  #retry(): void {
    this.#reloads.refill()
    this.#open()
  }

  #fail(error: AdminPortalError): void {
    this.#view?.showError(error)
    this.#opening?.abort()
    this.#state = 'failed'
    this.#error = error
    this.#dispatch('scalekit-portal-error', error)
  }

  #request(): PortalLinkRequest | AdminPortalError {
    const url = parsed(this.src, document.baseURI)
    // Another origin would be handed the answer of a person's own session.
    if (url?.origin !== window.location.origin || url.username !== '' || url.password !== '')
      return new AdminPortalError('configuration_invalid', '`src` must be a path of this app, e.g. /auth/admin-portal.')
    const features = this.features.split(/\s+/).filter((name) => name !== '')
    if (!features.every((name) => name === 'sso' || name === 'dir_sync'))
      return new AdminPortalError('configuration_invalid', '`features` may have `sso` and `dir_sync`, with a space.')
    const environment = this.environment === '' ? undefined : environmentOrigin(this.environment)
    if (this.environment !== '' && environment === undefined)
      return new AdminPortalError('configuration_invalid', '`environment` must be an https origin without a path.')
    return { address: url.href, features: [...new Set(features)], environment }
  }

  #frameTitle(): string {
    return this.title || 'Admin portal'
  }

  #dispatch<K extends keyof AdminPortalEventMap>(name: K, detail: AdminPortalEventMap[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  /** React 19 takes a prop away by setting `undefined`. */
  #reflect(name: string, value: string | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name)
    else this.setAttribute(name, value)
  }

  /** A property that was set before this class was known hides the accessor, and is set once more. */
  #adopt(name: 'src' | 'features' | 'environment'): void {
    if (!Object.hasOwn(this, name)) return
    const value = this[name]
    delete (this as Partial<Record<typeof name, unknown>>)[name]
    this[name] = value
  }
}

/** Makes the element known to the page, once however many copies of this package there are. On servers: nothing. */
export function defineAdminPortal(): void {
  const registry = globalThis.customElements
  if (registry !== undefined && registry.get('scalekit-admin-portal') === undefined)
    registry.define('scalekit-admin-portal', AdminPortalElement)
}

declare global {
  interface HTMLElementTagNameMap {
    'scalekit-admin-portal': AdminPortalElement
  }
  interface GlobalEventHandlersEventMap extends AdminPortalEventMap {}
}
