import { randomUUID } from 'node:crypto'
import Provider, { type Configuration } from 'oidc-provider'
import type { Environment } from '../environment.js'
import { isRegistered } from '../oauth/registered-uri.js'
import { renderNotice } from '../pages/index.js'
import { pageHeaders } from '../server/page-headers.js'
import { dressAccessToken } from './access-token.js'
import { findAccount } from './account.js'
import { engineAdapter } from './adapter.js'
import { dressDiscovery, dressRedirect, dressSetCookie, dressToken } from './dress.js'
import { makeGrant, resource } from './grant.js'
import { modularLifetimes } from './modular-sso.js'
import { policy } from './prompts.js'
import { settleWithoutPage, supportedScopes } from './settle.js'
import { noteForLog } from './witness.js'

/**
 * Builds the OAuth/OIDC engine in Scalekit's clothes: paths, claims, selectors. Everything that lives longer than one
 * request is in the environment, so building it again (at a key rotation) loses nothing.
 */
export function buildProvider(environment: Environment): Provider {
  const provider = new Provider(environment.url, configuration(environment))
  provider.Client.prototype.redirectUriAllowed = function redirectUriAllowed(uri: string): boolean {
    return isRegistered(uri, environment.directory.client(this.clientId)?.redirectUris ?? [], environment.settings)
  }
  provider.on('authorization.error', (ctx, error) => {
    // After a page the redirect URI is known to be right, so even `invalid_redirect_uri` can be simulated to the app.
    if (ctx.oidc.route === 'resume') Object.assign(error, { allow_redirect: true })
  })
  provider.use(noteForLog(environment))
  provider.use(dressSetCookie)
  provider.use(dressRedirect(environment))
  provider.use(dressDiscovery(environment))
  provider.use(dressToken(environment))
  return provider
}

function configuration(environment: Environment): Configuration {
  const cookie = environment.cookieName
  return {
    adapter: engineAdapter(environment),
    jwks: { keys: environment.keys.published.map((key) => ({ ...key.jwk, kty: 'RSA' })) },
    scopes: [...supportedScopes],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    clientDefaults: { id_token_signed_response_alg: 'RS256' },
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: {
      keys: [randomUUID()],
      names: { session: `${cookie}_engine`, interaction: `${cookie}_interaction`, resume: `${cookie}_resume` },
    },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      jwks: '/keys',
      userinfo: '/userinfo',
      introspection: '/oauth/introspect',
      revocation: '/revoke',
      end_session: '/oidc/logout',
    },
    discovery: { backchannel_logout_supported: true, backchannel_logout_session_supported: true },
    pkce: { required: () => environment.settings.requirePkce },
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'oid', 'sid', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'picture', 'locale'],
    },
    ttl: {
      AccessToken: (_ctx, { grantId }) =>
        environment.authorizations.find(grantId)?.subject === undefined
          ? environment.settings.accessTokenLifetime
          : modularLifetimes.accessToken,
      AuthorizationCode: () => environment.settings.codeLifetime,
      ClientCredentials: () => environment.settings.clientCredentialsLifetime,
      IdToken: () => environment.settings.idTokenLifetime,
      // Sessions have their own limits, checked at each refresh.
      RefreshToken: 10 * 365 * 86_400,
      Grant: 10 * 365 * 86_400,
      Interaction: 3600,
      Session: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: supportedScopes.join(' '),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    formats: { customizers: { jwt: (_ctx, token, jwt) => dressAccessToken(environment, token, jwt) } },
    interactions: { policy: policy(), url: (_ctx, interaction) => `/login/${interaction.uid}` },
    extraParams: {
      organization_id: null,
      connection_id: null,
      domain: null,
      domain_hint: null,
      login_hint: null,
      // Undocumented, so the emulator's own: see the invitation links.
      invitation_token: null,
      // Not a parameter for clients: the validator below writes it, because the engine strips `offline_access`.
      granted_scope: null,
      // The engine calls a validator once everything else about the request is known to be right.
      provider: async function settle(ctx) {
        await settleWithoutPage(environment, ctx)
      },
    },
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, _client, code) =>
      Boolean(environment.authorizations.find(code.grantId)?.scope.split(' ').includes('offline_access')),
    findAccount: (_ctx, sub, token) => findAccount(environment, sub, token),
    loadExistingGrant: (ctx) => makeGrant(environment, ctx),
    renderError: (ctx, out) => {
      ctx.set(pageHeaders('page'))
      ctx.body = renderNotice({
        status: ctx.status,
        title: 'The request cannot be processed',
        code: out.error,
        detail: out.error_description ?? '',
      })
    },
  }
}
