import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Html, html } from './html.js'

describe('html', () => {
  it.each<[label: string, actual: Html, expected: string]>([
    ['text', html`<b>${'<&>"\''}</b>`, '<b>&lt;&amp;&gt;&quot;&#39;</b>'],
    ['an attribute', html`<a title="${'" onclick="x'}">`, '<a title="&quot; onclick=&quot;x">'],
    ['markup of its own, once', html`<p>${html`<b>${'&'}</b>`}</p>`, '<p><b>&amp;</b></p>'],
    ['an array', html`<ul>${['<', html`<li>`]}</ul>`, '<ul>&lt;<li></ul>'],
    ['a nested array', html`${[['a'], [undefined, 1]]}`, 'a1'],
    ['nothing', html`<b>${undefined}</b>`, '<b></b>'],
    ['zero', html`${0}`, '0'],
    ['no interpolation', html`<hr>`, '<hr>'],
  ])('renders %s', (_, actual, expected) => {
    expect(actual.toString()).toBe(expected)
  })

  it('SEC-374 trusts no object that only looks like markup', () => {
    const forged = { toString: () => '<img>', '#markup': '<img>' } as unknown as Html
    expect(html`${forged}`.toString()).toBe('&lt;img&gt;')
  })

  it('SEC-374 lets no string open a tag or leave a quoted attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(html`${value}`.toString()).not.toMatch(/[<>"']/)
      }),
    )
  })

  it('can be read back: unescaping gives the value', () => {
    const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const read = html`${value}`.toString().replace(/&([^;]+);/g, (_, name: string) => names[name] ?? '?')
        expect(read).toBe(value)
      }),
    )
  })
})
