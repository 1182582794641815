import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Starts Chromium, without a browser's own windows where there is one without. It may keep no page for the back button. */
export function launchChromium(): Promise<Browser> {
  return launch(process.env.CHROMIUM_SHELL_PATH)
}

/** Starts the whole of Chromium, for whoever goes back: it keeps pages for that, as the browsers of people do. */
export function launchWholeChromium(): Promise<Browser> {
  return launch(process.env.CHROMIUM_PATH)
}

function launch(executablePath: string | undefined): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** One person's browser, and what it complained about. */
export interface Visitor {
  readonly page: Page
  /** One more tab of the same browser. */
  readonly openTab: () => Promise<Page>
  /** Errors on the console, exceptions of scripts and violated policies, taken out of the list. */
  readonly takeComplaints: () => readonly string[]
  readonly close: () => Promise<void>
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext(options)
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  const openTab = async () => {
    const page = await context.newPage()
    // A journey that waits for what does not come should say so soon.
    page.setDefaultTimeout(30_000)
    return page
  }
  return { page: await openTab(), openTab, takeComplaints: () => complaints.splice(0), close: () => context.close() }
}
