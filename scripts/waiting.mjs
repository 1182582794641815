/** Tests that mostly wait for deadlines. `npm test` runs them beside the others: in one line with them a core is idle. */
export const waitingTests = [
  'packages/core/src/management/transport.test.ts',
  'packages/core/src/protocol/token-refresher.test.ts',
  'packages/core/src/session/store-outages.test.ts',
  'packages/e2e/src/attacks/key-set.test.ts',
  'packages/e2e/src/attacks/webhook-request.test.ts',
  'packages/emulator/src/logout/backchannel.test.ts',
  'packages/redis/src/**',
  'packages/testing/src/store/memory-store.test.ts',
]
