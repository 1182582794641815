import { describe, vi } from 'vitest'
import { useInstallation } from '../consumers/installation.js'
import { howToDocuments } from './how-to-documents.js'
import { documentNames } from './names.js'
import { nextDocuments } from './next-documents.js'
import { serverDocuments } from './server-documents.js'

// A build of Next on a busy machine: slow is not wrong.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 })

/** The documents, done by somebody who has installed the packages. One file, because packing is done once. */
describe('who follows the documents', () => {
  const installed = useInstallation()
  documentNames(installed)
  serverDocuments(installed)
  howToDocuments(installed)
  nextDocuments(installed)
})
