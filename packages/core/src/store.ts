/** What several processes of an app share: the port, for stores of your own, and a store in memory. */
export type {
  MarkFollower,
  MarkLog,
  MarkReading,
  Store,
  StoreCondition,
  StoredMark,
} from './options/store.js'
export { type MemoryStoreOptions, memoryStore } from './state/memory-store.js'
