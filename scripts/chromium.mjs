import { existsSync } from 'node:fs'

const { CHROMIUM_PATH, CHROMIUM_SHELL_PATH } = process.env
const found = (...paths) => paths.find(existsSync)

/** The whole browser, as people have it. */
export const chromium =
  CHROMIUM_PATH ?? found('/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome')

/**
 * What most journeys are done in: the same engine without a browser's own windows, which takes half the processor's
 * time. It keeps no page for the back button; the journeys that go back take the whole browser. A browser that is
 * named is used for all of them.
 */
export const headlessShell =
  CHROMIUM_SHELL_PATH ?? CHROMIUM_PATH ?? found('/usr/bin/chromium-headless-shell') ?? chromium
