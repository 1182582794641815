/** A constructed style sheet is not inline style: `style-src 'self'` does not forbid it. */
export function portalStyles(): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(styles)
  return sheet
}

const styles = `
:host {
  display: block;
  color: var(--scalekit-portal-color, CanvasText);
  font: var(--scalekit-portal-font, 400 1rem/1.5 system-ui, sans-serif);
}
:host([hidden]) { display: none }
[hidden] { display: none !important }
[part=portal] {
  position: relative;
  display: grid;
  box-sizing: border-box;
  block-size: 100%;
  overflow: hidden;
  background: var(--scalekit-portal-background, Canvas);
  border: var(--scalekit-portal-border, 1px solid color-mix(in srgb, currentcolor 20%, transparent));
  border-radius: var(--scalekit-portal-radius, 8px);
}
[part=portal] > * {
  grid-area: 1 / 1;
  box-sizing: border-box;
  min-block-size: var(--scalekit-portal-min-height, 600px);
}
[part=frame] {
  inline-size: 100%;
  block-size: 100%;
  border: 0;
}
[part=status], [part=error] {
  z-index: 1;
  display: grid;
  place-content: center;
  justify-items: center;
  gap: 1rem;
  padding: 2rem;
  text-align: center;
  background: var(--scalekit-portal-background, Canvas);
}
[part=status]:focus { outline: none }
[part=message] { max-inline-size: 30em; text-wrap: balance }
[part=spinner] {
  inline-size: 2rem;
  block-size: 2rem;
  border: 3px solid color-mix(in srgb, currentcolor 20%, transparent);
  border-block-start-color: var(--scalekit-portal-accent, currentcolor);
  border-radius: 50%;
  animation: turn 1s linear infinite;
}
@keyframes turn { to { rotate: 1turn } }
@media (prefers-reduced-motion: reduce) { [part=spinner] { animation: none } }
[part=retry] {
  min-block-size: 2.75rem;
  padding: .5rem 1.25rem;
  font: inherit;
  font-weight: 600;
  color: var(--scalekit-portal-background, Canvas);
  background: var(--scalekit-portal-accent, CanvasText);
  border: 1px solid transparent;
  border-radius: 6px;
  cursor: pointer;
}
[part=retry]:focus-visible { outline: 3px solid var(--scalekit-portal-accent, CanvasText); outline-offset: 2px }
`
