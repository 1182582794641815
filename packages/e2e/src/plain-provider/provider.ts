import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { listen } from '../support/listen.js'

export const audience = 'urn:app:api'

/** A certified provider that nobody here wrote, as it comes: no emulator, no dressing, its own development pages. */
export interface PlainProvider {
  readonly issuer: string
  readonly provider: Provider
  readonly client: { readonly id: string; readonly secret: string }
  /** Requests the provider received: `POST /token refresh_token`. */
  readonly requests: string[]
  readonly close: () => Promise<void>
}

export async function startPlainProvider(app: { origin: string }): Promise<PlainProvider> {
  const requests: string[] = []
  const client = { id: 'plain-client', secret: 'plain-client-secret' }
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const holder: { callback?: (req: never, res: never) => void } = {}
  const { port, close } = await listen((req, res) => {
    requests.push(`${req.method} ${req.url?.split('?')[0]}`)
    holder.callback?.(req as never, res as never)
  })
  const issuer = `http://localhost:${port}`
  const configuration: Configuration = {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [`${app.origin}/auth/callback`],
        post_logout_redirect_uris: [`${app.origin}/`],
        backchannel_logout_uri: `${app.origin}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'plain-key' }] },
    cookies: {
      keys: ['plain-cookie-key'],
      names: { session: `_s${port}`, interaction: `_i${port}`, resume: `_r${port}` },
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, subject, code) =>
      subject.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    expiresWithSession: async () => false,
    ttl: { AccessToken: 299, IdToken: 1800, RefreshToken: 86_400, Session: 86_400, Grant: 86_400, Interaction: 600 },
    features: {
      devInteractions: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid profile email offline_access',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    // The SSRF guard of the engine drops loopback addresses through a dispatcher (findings.md §3).
    fetch: (url: unknown, options: { dispatcher?: unknown }) => {
      const { dispatcher: _dropped, ...rest } = options
      return fetch(url as string, rest as RequestInit)
    },
  } as Configuration
  const provider = new Provider(issuer, configuration)
  holder.callback = provider.callback() as never
  return { issuer, provider, client, requests, close }
}
