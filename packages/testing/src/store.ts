/**
 * What must be true of every store, as named checks for any test runner: they say whether an engine of your own keeps the
 * word of the port `Store` of `@scalegate/core/store`.
 *
 * ```ts
 * import { storeContract } from '@scalegate/testing/store'
 *
 * for (const check of storeContract({ open: async () => myStore() })) it(check.name, check.run)
 * ```
 *
 * @packageDocumentation
 */
export { AuditFailure } from './audits/check.js'
export { type StoreCheck, type StoreUnderTest, storeContract } from './store/contract.js'
