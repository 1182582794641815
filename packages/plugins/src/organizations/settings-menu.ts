import {
  type OrganizationFeature,
  type PluginKit,
  type Session,
  type Widget,
  type WidgetId,
  widgetsFor,
} from '@scalegate/core/plugin'

/** About the person, whichever organization they act in. */
const personal: readonly WidgetId[] = ['profile', 'security']

/**
 * The widgets this person sees. No parameter of `/ui/` names an organization: the session at Scalekit decides, so a link to a
 * widget of an organization goes by an authorization request that brings it there (protocol.md §8 and §11).
 */
export function settingsMenu(
  session: Session,
  { kit, features }: { readonly kit: PluginKit; readonly features: readonly OrganizationFeature[] },
): readonly Widget[] {
  const { paths, baseUrl } = kit.settings()
  const widgets = widgetsFor(session, { href: kit.urlOf(paths.widgets), features })
  return widgets.map((widget) => {
    if (personal.includes(widget.id) || session.organizationId === undefined) return widget
    const href = new URL(kit.urlOf(paths.login))
    href.searchParams.set('organization_id', session.organizationId)
    href.searchParams.set('prompt', 'select_account')
    href.searchParams.set('return_to', widget.href.slice(new URL(baseUrl).origin.length))
    return { ...widget, href: href.href }
  })
}
