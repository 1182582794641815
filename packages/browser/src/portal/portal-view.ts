import type { AdminPortalError } from '../admin-portal-error.js'
import { portalStyles } from './portal-styles.js'

let styles: CSSStyleSheet | undefined

/** What people see: that it loads, the portal, or why it is not there and a button to try again. */
export class PortalView {
  readonly #root: ShadowRoot
  /** Where the frame goes. */
  readonly place = element('div', 'portal')
  readonly #status = element('div', 'status')
  readonly #error = element('div', 'error')
  readonly #message = slot('error', '')
  readonly #retry = element('button', 'retry')

  constructor(host: HTMLElement, retry: () => void) {
    this.#root = host.attachShadow({ mode: 'open', delegatesFocus: true })
    styles ??= portalStyles()
    this.#root.adoptedStyleSheets = [styles]
    this.#status.setAttribute('role', 'status')
    this.#status.tabIndex = -1
    const spinner = element('div', 'spinner')
    spinner.setAttribute('aria-hidden', 'true')
    this.#status.append(slot('loading', spinner, 'Opening the admin portal…'))
    this.#error.setAttribute('role', 'alert')
    this.#error.hidden = true
    const message = element('div', 'message')
    message.append(this.#message)
    this.#retry.type = 'button'
    this.#retry.append(slot('retry', 'Try again'))
    this.#retry.addEventListener('click', retry)
    this.#error.append(message, this.#retry)
    this.place.append(this.#status, this.#error)
    this.#root.append(this.place)
  }

  showLoading(): void {
    this.#show(this.#status)
  }

  showPortal(): void {
    const frame = this.place.querySelector('iframe')
    if (frame !== null) this.#show(frame)
  }

  showError(error: AdminPortalError): void {
    this.#message.textContent = sentence(error)
    this.#show(this.#error, this.#retry)
  }

  /** People who had the focus in here keep it; nobody else's is taken. */
  #show(shown: HTMLElement, focus = shown): void {
    const focused = this.#root.activeElement !== null
    this.#status.hidden = shown !== this.#status
    this.#error.hidden = shown !== this.#error
    if (focused) focus.focus({ preventScroll: true })
  }
}

/** For the person before the page; the code in the event is for developers. */
function sentence({ code, status }: AdminPortalError): string {
  if (status === 401) return 'You are no longer signed in. Sign in again to open the admin portal.'
  if (status === 403) return 'You may not open the admin portal. Ask an administrator of your organization.'
  if (status === 429) return 'The admin portal was opened very often. Wait a minute, then try again.'
  if (code === 'session_expired') return 'The session of the admin portal has ended.'
  return 'The admin portal could not be opened.'
}

function element<K extends 'button' | 'div'>(tag: K, part: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.setAttribute('part', part)
  return made
}

function slot(name: string, ...otherwise: (Node | string)[]): HTMLSlotElement {
  const made = document.createElement('slot')
  made.name = name
  made.append(...otherwise)
  return made
}
