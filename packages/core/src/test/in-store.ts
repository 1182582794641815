import { memoryStore } from '../state/memory-store.js'
import { everyBench } from './fixture.js'

// Imported before the tests of another file, it has them run once more with every session in a store.
everyBench.options = (time) => ({
  store: memoryStore({ clock: () => time.now }),
  session: { storage: 'store' },
})
