/** The hosted widgets: a header, a menu, one open sheet. */
export const portalStyles = `.page main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; display: grid; gap: 1.5rem }
.portal { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1rem }
.columns { display: grid; grid-template-columns: minmax(12rem, 16rem) minmax(0, 1fr); gap: 1.5rem; align-items: start }
.menu { display: grid; gap: 2px }
.menu a {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: .5rem;
  padding: .5rem .7rem;
  color: var(--ink);
  text-decoration: none;
  border-left: 3px solid transparent;
}
.menu b { font-weight: 550 }
.menu a:hover { background: var(--sunk) }
.menu a[aria-current] { background: var(--sheet); border-left-color: var(--accent) }
nav h2 { margin: 1.5rem .7rem .4rem }
.hidden { display: grid; gap: .6rem; padding: 0 .7rem }
.hidden li { display: grid; line-height: 1.35 }
.hidden b { font-weight: 500; color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1px }
.facts { display: grid; border-top: 1px solid var(--line) }
.facts > div { display: grid; grid-template-columns: minmax(7rem, 13rem) minmax(0, 1fr); gap: .25rem 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line) }
.facts dt { padding-top: .15rem }
.facts dd { display: flex; flex-wrap: wrap; gap: .3rem }
@media (max-width: 46rem) {
  .columns { grid-template-columns: minmax(0, 1fr) }
  .facts > div { grid-template-columns: minmax(0, 1fr) }
}
`
