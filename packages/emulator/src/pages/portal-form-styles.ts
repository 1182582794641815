/** The admin portal: tabs, and a sheet for each thing that was set up. It is framed, so that it wants little room. */
export const portalFormStyles = `.desk { display: grid; gap: 1.1rem }
[hidden] { display: none !important }
.tabs ul { display: flex; flex-wrap: wrap; gap: .25rem; border-bottom: 1px solid var(--line) }
.tabs a { display: block; padding: .5rem .9rem; color: var(--ink); text-decoration: none; border-bottom: 3px solid transparent; margin-bottom: -1px }
.tabs a:hover { background: var(--sunk) }
.tabs a[aria-current] { font-weight: 600; border-bottom-color: var(--accent) }
.section-head { display: grid; gap: .35rem }
.notice { padding: .6rem .8rem; color: var(--accent); background: var(--tint); border-left: 4px solid var(--accent) }
.item { gap: .9rem; box-shadow: none; border-color: var(--line); padding: clamp(1rem, 3vw, 1.5rem) }
.item h2 { font: 650 1.05rem/1.3 var(--sans); letter-spacing: 0; color: var(--ink) }
.item h3 { margin: .4rem 0 0; font: 600 .85rem/1.4 var(--sans) }
.item-head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .35rem 1rem }
.item-actions { display: flex; flex-wrap: wrap; gap: .5rem; padding-top: .9rem; border-top: 1px dashed var(--line) }
.item-actions .primary { width: auto; min-height: 2.25rem; padding: .35rem .8rem }
.item details > form { margin-top: .8rem }
.item summary { cursor: pointer; font-weight: 550; font-size: .9rem }
.item form > button { justify-self: start }
.item form > .primary { justify-self: stretch }
.inline { grid-template-columns: minmax(0, 1fr) auto; align-items: end }
.inline button { min-height: 2.75rem }
@media (max-width: 30rem) { .inline { grid-template-columns: minmax(0, 1fr) } }
#portal-over h2 { font: 650 1.6rem/1.2 var(--sans); color: var(--ink) }
.copy { font-family: var(--mono); font-size: .85rem }
.people { display: grid }
.people li { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .25rem 1rem; padding: .5rem 0; border-top: 1px solid var(--line) }
`
