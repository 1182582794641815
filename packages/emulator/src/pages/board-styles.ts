/** The control page: dense tables on the left, controls on the right. */
export const boardStyles = `.board { font-size: .875rem }
.board main { padding: 1.25rem clamp(.75rem, 2vw, 2rem) 4rem; max-width: 110rem; margin: 0 auto }
.board-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem }
.actions, .buttons { display: flex; flex-wrap: wrap; gap: .35rem }
.status { min-height: 1.5rem; margin: .25rem 0 .5rem; font: 500 .8rem/1.5 var(--mono); color: var(--accent) }
.status[data-state=failed] { color: var(--bad) }
.status[data-state=busy] { color: var(--soft) }
.board-columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(17rem, 22rem); gap: 1rem; align-items: start }
.board-columns > * { display: grid; gap: 1rem; min-width: 0 }
.board button, .board .button { min-height: 1.9rem; padding: .15rem .6rem; font-size: .8rem }
.board :is(input:not([type=checkbox]), select) { min-height: 1.9rem; padding: .15rem .5rem; font-family: var(--mono); font-size: .8rem }
.panel { display: grid; gap: .5rem; padding: .6rem 1rem .8rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 3px; min-width: 0 }
.panel-head { display: flex; align-items: center; justify-content: space-between; min-height: 1.6rem }
.panel-head button { min-height: 1.6rem; padding-right: 0 }
.panel h2 { font-size: .85rem; color: var(--ink) }
.count { font-weight: 400; color: var(--soft) }
.scroll { overflow-x: auto; margin: 0 -1rem -.8rem; max-height: 26rem; overflow-y: auto }
table { width: 100%; border-collapse: collapse; overflow-wrap: normal }
th, td { padding: .35rem .5rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line) }
th:first-child, td:first-child { padding-left: 1rem }
th:last-child, td:last-child { padding-right: 1rem }
thead th { position: sticky; top: 0; z-index: 1; background: var(--sunk); white-space: nowrap }
tbody tr:hover { background: var(--sunk) }
td > code, td > time { white-space: nowrap }
.path { font-family: var(--mono); font-size: .8rem; min-width: 14rem; overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums }
.note { color: var(--soft); min-width: 8rem }
.code { font-weight: 600 }
.code.ok { color: var(--accent) }
.code.moved { color: var(--soft) }
.code.refused, .code.failed { color: var(--bad) }
.code.failed { text-decoration: underline }
.checks { display: flex; flex-wrap: wrap; gap: .15rem .9rem }
.checks label { display: inline-flex; align-items: center; gap: .35rem; min-height: 1.6rem; white-space: nowrap }
input[type=checkbox] { width: 1rem; height: 1rem; margin: 0; accent-color: var(--accent) }
input[role=switch] {
  appearance: none;
  position: relative;
  width: 2.2rem;
  height: 1.25rem;
  border: 1px solid var(--soft);
  border-radius: 1rem;
  background: var(--sunk);
  cursor: pointer;
}
input[role=switch]::before {
  content: '';
  position: absolute;
  inset: 2px auto 2px 2px;
  aspect-ratio: 1;
  border-radius: 50%;
  background: var(--soft);
}
input[role=switch]:checked { background: var(--accent); border-color: var(--accent) }
input[role=switch]:checked::before { inset: 2px 2px 2px auto; background: var(--accent-ink) }
.reading time { font-size: 1rem }
.panel > .buttons button { max-width: 100%; overflow-wrap: anywhere; white-space: normal }
td .buttons { flex-wrap: nowrap }
.plain { display: grid; gap: .3rem }
.settings { display: grid }
.setting { display: grid; grid-template-columns: minmax(0, 1fr) minmax(5rem, 10rem); gap: .5rem; align-items: center; padding: .35rem 0; border-top: 1px solid var(--line) }
.setting label { font-family: var(--mono); font-size: .8rem }
.setting input[role=switch] { justify-self: end }
.fault { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: .5rem; align-items: end }
.fault > div { display: grid; gap: .15rem; grid-column: span 2; font-size: .8rem }
.fault > div:nth-child(-n + 2) { grid-column: span 3 }
.fault > button { grid-column: 1 / -1 }
@media (max-width: 62rem) { .board-columns { grid-template-columns: minmax(0, 1fr) } }
@media (max-width: 40rem) {
  thead { display: none }
  tbody, table { display: block }
  tr { display: flex; flex-wrap: wrap; gap: .1rem .75rem; padding: .5rem 1rem; border-top: 1px solid var(--line) }
  td, td:first-child, td:last-child { padding: 0; border: 0; min-width: 0 }
  td:empty { display: none }
  td:has(form), .path { flex-basis: 100% }
}
`
