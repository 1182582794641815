'use client'

/**
 * Scalekit's admin portal as a component, for React 18 and 19.
 *
 * ```tsx
 * 'use client'
 * import { AdminPortal } from '@scalegate/browser/react'
 *
 * export function Settings() {
 *   return <AdminPortal src="/auth/admin-portal" features={['sso', 'dir_sync']} onEvent={(event) => console.log(event.type)} />
 * }
 * ```
 *
 * @packageDocumentation
 */
import '@scalegate/browser'
import type { AdminPortalElement, AdminPortalError, AdminPortalEventMap, PortalEvent } from '@scalegate/browser'
import {
  type CSSProperties,
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type ReactNode,
  type RefAttributes,
  useCallback,
  useImperativeHandle,
  useInsertionEffect,
  useRef,
} from 'react'

export type { AdminPortalElement, AdminPortalError, AdminPortalErrorCode, PortalEvent } from '@scalegate/browser'

export interface AdminPortalProps {
  /** The route of this app that answers portal links. @defaultValue `/auth/admin-portal` */
  readonly src?: string | undefined
  /** The parts to show. @defaultValue all, as of an empty list */
  readonly features?: readonly ('sso' | 'dir_sync')[] | undefined
  /** The origin of the Scalekit environment: a link to another one is refused. @defaultValue what the server says */
  readonly environment?: string | undefined
  /** The portal is there. */
  readonly onLoad?: (() => void) | undefined
  /** A message of the portal: a hint for the page, never a proof of what is set up. */
  readonly onEvent?: ((event: PortalEvent) => void) | undefined
  /** The portal's session has ended; a new link is on its way. */
  readonly onSessionExpired?: (() => void) | undefined
  /** The portal could not be shown, and the component says so to people. */
  readonly onError?: ((error: AdminPortalError) => void) | undefined
  /** What the frame is called for people who do not see it. @defaultValue `Admin portal` */
  readonly title?: string | undefined
  readonly className?: string | undefined
  readonly id?: string | undefined
  readonly style?: CSSProperties | undefined
  /** Words of your own: elements with `slot="loading"`, `slot="error"` or `slot="retry"`. */
  readonly children?: ReactNode
}

/** `<scalekit-admin-portal>` with typed props. The ref gets the element, with its `reload()`. */
export const AdminPortal: ForwardRefExoticComponent<AdminPortalProps & RefAttributes<AdminPortalElement>> = forwardRef<
  AdminPortalElement,
  AdminPortalProps
>(function AdminPortal({ onLoad, onEvent, onSessionExpired, onError, features, className, ...rest }, ref) {
  const element = useRef<AdminPortalElement | null>(null)
  const latest = useRef<AdminPortalProps>({})
  useInsertionEffect(() => {
    latest.current = { onLoad, onEvent, onSessionExpired, onError }
  })
  const detach = useRef<(() => void) | undefined>(undefined)
  useImperativeHandle(ref, () => element.current as AdminPortalElement, [])

  // A ref is set before the element's first microtask; an effect would come after its first events.
  const attach = useCallback((node: AdminPortalElement | null) => {
    const isFirst = element.current === null && detach.current === undefined
    detach.current?.()
    element.current = node
    if (node !== null) detach.current = listen(node, () => latest.current, isFirst)
  }, [])

  return createElement('scalekit-admin-portal', {
    ...rest,
    // React 18 would write `classname`.
    class: className,
    features: features?.join(' '),
    ref: attach,
  })
})

function listen(node: AdminPortalElement, handlers: () => AdminPortalProps, isFirst: boolean): () => void {
  const off = [
    on(node, 'scalekit-portal-load', () => handlers().onLoad?.()),
    on(node, 'scalekit-portal-event', ({ detail }) => handlers().onEvent?.(detail)),
    on(node, 'scalekit-portal-session-expired', () => handlers().onSessionExpired?.()),
    on(node, 'scalekit-portal-error', ({ detail }) => handlers().onError?.(detail)),
  ]
  // HTML of a server is an element before React comes to it, and may be done by then.
  if (isFirst && node.state === 'loaded') handlers().onLoad?.()
  if (isFirst && node.error) handlers().onError?.(node.error)
  return () => {
    for (const stop of off) stop()
  }
}

function on<K extends keyof AdminPortalEventMap>(
  node: AdminPortalElement,
  name: K,
  listener: (event: AdminPortalEventMap[K]) => void,
): () => void {
  // A portal within a slot of this one bubbles through it.
  const ours = (event: Event) => {
    if (event.target === node) listener(event as AdminPortalEventMap[K])
  }
  node.addEventListener(name, ours)
  return () => node.removeEventListener(name, ours)
}
