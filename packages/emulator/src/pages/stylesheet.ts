import { boardStyles } from './board-styles.js'
import { portalFormStyles } from './portal-form-styles.js'
import { portalStyles } from './portal-styles.js'

/**
 * A drafting table: squared paper, ruled sheets, a caution stripe. It must not look like Scalekit's own pages,
 * so that nobody mistakes a local stand-in for the real login. Colours are WCAG AA in both schemes.
 */
const foundation = `:root {
  color-scheme: light dark;
  --paper: #f5f2ea;
  --grid: #e9e4d6;
  --sheet: #fffdf8;
  --sunk: #f1ede2;
  --ink: #1e1c18;
  --soft: #5f5a4e;
  --line: #cfc8b6;
  --accent: #0a6259;
  --accent-ink: #ffffff;
  --tint: #e0efeb;
  --caution: #f0b429;
  --bad: #a02c1c;
  --bad-tint: #fae6e1;
  --edge: var(--ink);
  --stripe: #1e1c18;
  --sans: ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b;
    --grid: #1d2024;
    --sheet: #1e2125;
    --sunk: #272b30;
    --ink: #eceae4;
    --soft: #a9a69b;
    --line: #3d4249;
    --accent: #6fd0be;
    --accent-ink: #0c211d;
    --tint: #1f3b37;
    --caution: #d89c1a;
    --bad: #ff9d8c;
    --bad-tint: #40231e;
    --edge: #6c7178;
    --stripe: #101114;
  }
}
*, ::before, ::after { box-sizing: border-box }
body {
  margin: 0;
  min-height: 100vh;
  color: var(--ink);
  background: var(--paper) linear-gradient(var(--grid) 1px, transparent 1px) 0 0 / 100% 24px;
  background-image: linear-gradient(var(--grid) 1px, transparent 1px), linear-gradient(90deg, var(--grid) 1px, transparent 1px);
  background-size: 24px 24px;
  font: 400 16px/1.5 var(--sans);
  overflow-wrap: break-word;
}
h1, h2, p, ul, dl, dd { margin: 0; padding: 0 }
ul { list-style: none }
h1 { font-size: 1.6rem; line-height: 1.2; letter-spacing: -.015em; font-weight: 650; text-wrap: balance }
h1 em { font-style: normal; color: var(--accent) }
h2, .eyebrow, dt, th { font: 600 .75rem/1.4 var(--mono); letter-spacing: .02em; color: var(--soft) }
code, time, .code { font-family: var(--mono); font-size: .86em }
small { font-size: .82rem; color: var(--soft) }
i { font-style: normal }
a { color: var(--accent); text-underline-offset: 3px }
a:hover { text-decoration-thickness: 2px }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }

.ribbon {
  display: flex;
  flex-wrap: wrap;
  gap: 0 .75rem;
  padding: .4rem 1rem .45rem;
  font-size: .8rem;
  background: var(--sheet);
  border-bottom: 1px solid var(--line);
}
.ribbon::before {
  content: '';
  flex: 0 0 calc(100% + 2rem);
  height: 5px;
  margin: -.4rem -1rem .4rem;
  background: repeating-linear-gradient(-45deg, var(--caution) 0 10px, var(--stripe) 10px 20px);
}
.ribbon span { color: var(--soft) }
.ribbon a { margin-left: auto }
`

const controls = `button, .button, input, select { font: inherit; color: inherit; border-radius: 3px }
button, .button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-height: 2.25rem;
  padding: .35rem .8rem;
  font-weight: 550;
  white-space: nowrap;
  text-decoration: none;
  color: var(--ink);
  background: var(--sheet);
  border: 1px solid var(--line);
  cursor: pointer;
}
button:hover, .button:hover { border-color: var(--ink) }
.primary { min-height: 2.75rem; padding: .5rem 1.2rem; background: var(--accent); color: var(--accent-ink); border-color: var(--accent) }
.primary:hover { border-color: var(--ink) }
form > .primary { width: 100% }
.quiet { background: none; border-color: transparent; color: var(--soft); text-decoration: underline; text-underline-offset: 3px }
.danger { color: var(--bad) }
input:not([type=checkbox]), select {
  width: 100%;
  min-height: 2.75rem;
  padding: .4rem .7rem;
  background: var(--paper);
  border: 1px solid var(--soft);
}
.field { display: grid; gap: .3rem }
.field label { font-weight: 550; font-size: .9rem }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem }
.hint { font-size: .85rem; color: var(--soft) }
.error { padding: .6rem .8rem; color: var(--bad); background: var(--bad-tint); border-left: 4px solid var(--bad) }
.tag {
  display: inline-block;
  padding: 0 .4rem;
  font: 500 .72rem/1.5 var(--mono);
  color: var(--soft);
  white-space: nowrap;
  border: 1px solid var(--line);
  border-radius: 2px;
}
.tag.strong { color: var(--accent); border-color: var(--accent); background: var(--tint) }
.avatar {
  flex: none;
  display: inline-grid;
  place-items: center;
  width: 2.4rem;
  height: 2.4rem;
  font: 600 .8rem/1 var(--mono);
  color: #fff;
  border-radius: 3px;
}
.hue-0 { background: #71409a } .hue-1 { background: #1f6b4d } .hue-2 { background: #a03a29 }
.hue-3 { background: #2a5aa2 } .hue-4 { background: #835500 } .hue-5 { background: #932a5b }
`

const cards = `.card main { display: grid; justify-items: center; padding: clamp(1rem, 6vh, 4.5rem) 1rem 3rem }
.sheet {
  display: grid;
  gap: 1.1rem;
  align-content: start;
  width: 100%;
  padding: clamp(1.1rem, 4vw, 2.1rem);
  background: var(--sheet);
  border: 1px solid var(--edge);
  border-radius: 3px;
  box-shadow: 5px 5px 0 var(--line);
}
.card .sheet { max-width: 27.5rem }
.sheet form { display: grid; gap: .9rem }
.asked { padding: .35rem .7rem; font-size: .85rem; background: var(--sunk) }
.asked span { color: var(--soft) }
.choices { display: grid; gap: .5rem }
.choice {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr);
  gap: .35rem .75rem;
  justify-content: start;
  width: 100%;
  padding: .6rem .7rem;
  text-align: left;
  font-weight: 400;
  white-space: normal;
}
.choice:hover, .choice:focus-visible { background: var(--tint); border-color: var(--accent) }
.who { display: grid; grid-template-columns: minmax(0, 1fr); line-height: 1.3; min-width: 0 }
.who > * { overflow-wrap: anywhere }
.who b { font-weight: 600 }
.tags { grid-column: 2; display: flex; flex-wrap: wrap; gap: .25rem }
.tags:empty { display: none }
.as { display: flex; align-items: center; gap: .75rem }
.or { display: flex; align-items: center; gap: .75rem; color: var(--soft); font-size: .85rem }
.or::before, .or::after { content: ''; flex: 1; border-top: 1px dashed var(--line) }
.after { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding-top: 1rem; border-top: 1px dashed var(--line); font-size: .9rem }
.after form { margin-left: auto }
.choice .avatar { align-self: start }
`

/** Everything the pages look like; served at `/_emulator/style.css`. */
export const stylesheet: string = [foundation, controls, cards, portalStyles, portalFormStyles, boardStyles].join('\n')
