import type { Bench } from './bench.js'

/** The access token of everybody is over. */
export function expire(bench: Bench): Promise<void> {
  return bench.pass(bench.provider.accessTokenLifetime)
}

/** Refreshes that the provider was asked for since its log was emptied. */
export async function refreshes({ provider }: Bench): Promise<number> {
  const requests = await provider.requests()
  return requests.filter(({ kind, grantType }) => kind === 'token' && grantType === 'refresh_token').length
}
