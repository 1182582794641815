/** Runs in the page: what lies outside of it, texts that hardly differ from their background, fields without a name. */
export function findProblems(colorScheme: 'light' | 'dark'): string[] {
  const problems: string[] = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) problems.push(`${scrollWidth - clientWidth} px wider than the window`)
  if (document.querySelectorAll('h1').length !== 1) problems.push('not exactly one h1')
  if (document.title === '') problems.push('no title')
  if (document.documentElement.lang === '') problems.push('no language')

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
  const over = (color: string, below: readonly number[]): number[] => {
    canvas.fillStyle = `rgb(${below.join(' ')})`
    canvas.fillRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const backgroundOf = (element: Element | null): number[] => {
    if (element === null) return colorScheme === 'dark' ? [18, 18, 18] : [255, 255, 255]
    return over(getComputedStyle(element).backgroundColor, backgroundOf(element.parentElement))
  }
  const luminance = (color: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = color.map((part) =>
      part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const seen = new Set<Element>()
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement
    if (element === null || seen.has(element) || (node.textContent ?? '').trim() === '') continue
    seen.add(element)
    const { width, height } = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    if (width < 2 || height < 2 || style.visibility === 'hidden') continue
    const background = backgroundOf(element)
    const [light = 0, dark = 0] = [luminance(background), luminance(over(style.color, background))].sort(
      (a, b) => b - a,
    )
    const contrast = (light + 0.05) / (dark + 0.05)
    const isLarge = Number.parseFloat(style.fontSize) >= 24
    if (contrast < (isLarge ? 3 : 4.5))
      problems.push(`contrast ${contrast.toFixed(2)} of "${(node.textContent ?? '').trim().slice(0, 30)}"`)
  }
  const isDark = luminance(backgroundOf(document.body)) < 0.2
  if (isDark !== (colorScheme === 'dark')) problems.push(`the background does not follow the ${colorScheme} scheme`)

  for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), select, textarea'))
    if ((field.labels?.length ?? 0) === 0 && !field.hasAttribute('aria-label'))
      problems.push(`field ${field.name} without a label`)
  return problems
}
