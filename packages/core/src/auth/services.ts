import { cookieName } from '../cookies/cookie-names.js'
import { createValueCookie } from '../cookies/value-cookie.js'
import { createVisitCounter, type VisitCounter } from '../cookies/visit-counter.js'
import { sha256Base64url } from '../crypto/sha256.js'
import { type BearerGuard, createBearerGuard } from '../guards/bearer.js'
import { createErrorPages, type ErrorPages } from '../guards/error-page.js'
import { createLoginRefusals, type LoginRefusals } from '../guards/login-refusal.js'
import { createRefusals, type Refusals } from '../guards/refusal.js'
import { type BaseUrl, parseBaseUrl, urlUnder } from '../http/base-url.js'
import { createReturnTarget, type ReturnTarget } from '../http/return-target.js'
import { createManagementToken, type ManagementToken } from '../management/management-token.js'
import type { Emit, ScalegateEvent } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { Store } from '../options/store.js'
import { createDiscovery } from '../protocol/discovery.js'
import { type Endpoints, scalekitEndpoints } from '../protocol/endpoints.js'
import { createKeySet, type KeySet } from '../protocol/key-set.js'
import type { Provider } from '../protocol/provider.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { LoginOutcome } from '../routes/callback.js'
import { createWantedLoginReader, type WantedLoginReader } from '../routes/wanted-login.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import { createOpenedCache, type OpenedCache } from '../seal/opened-cache.js'
import { type Authenticator, createAuthenticator } from '../session/authentication.js'
import { createSessionEnder, type SessionEnder } from '../session/end-session.js'
import { createLoginVerifier, type LoginVerifier } from '../session/login-session.js'
import { createPermissionReader } from '../session/permission-source.js'
import { createRefresher } from '../session/refresh.js'
import { createSessionCookie, type SessionCookie } from '../session/session-cookie.js'
import { type OpenedSession, openRecord, revocable } from '../session/session-record.js'
import { createStoredSession } from '../session/stored-session.js'
import { type ProcessState, processState } from '../state/process-state.js'
import type { SealedRecords } from '../store/sealed-records.js'
import type { CompletedLogins } from '../transaction/completed-logins.js'
import { createIdpLogins } from '../transaction/idp-logins.js'
import { createLoginStarter, type LoginStarter } from '../transaction/login-starter.js'
import { createTransactionCookies, type TransactionCookies } from '../transaction/transaction-cookies.js'
import { createShared, type Shared } from './shared.js'

/** Everything the routes and the request contexts stand on, made once from the resolved options. */
export interface Services {
  readonly options: ResolvedOptions
  readonly base: BaseUrl
  readonly returnTarget: ReturnTarget
  readonly provider: Provider
  readonly clock: Clock
  readonly state: ProcessState
  readonly emit: Emit
  readonly bearer: BearerGuard
  readonly cookie: SessionCookie
  readonly transactions: TransactionCookies
  readonly completed: CompletedLogins<LoginOutcome>
  readonly marks: RevocationMarks
  readonly shared: Shared
  readonly authenticator: Authenticator
  readonly verifier: LoginVerifier
  readonly ender: SessionEnder
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
  readonly loginRefused: LoginRefusals
  readonly readWantedLogin: WantedLoginReader
  readonly startLogin: LoginStarter
  readonly visits: { readonly refresh: VisitCounter; readonly login: VisitCounter }
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly managementToken: ManagementToken
}

export function createServices(options: ResolvedOptions): Services {
  const { issuer, clientId, clock, cookieSecrets, session, transaction, paths } = options
  const base = parseBaseUrl(options.baseUrl)
  const state = processState(issuer, clientId)
  const emit = emitter(options)
  const provider = createProvider(options, state)
  // Widgets are a place to go to; the other routes would loop, act, or show data.
  const { widgets: _place, ...acting } = paths
  const excluded = [...Object.values(acting), ...options.pluginPaths].map((path) => base.path + path)

  const attributes = {
    path: '/',
    secure: base.secure,
    httpOnly: true,
    sameSite: session.sameSite,
    ...(session.domain === undefined ? {} : { domain: session.domain }),
  } as const
  const names = (suffix: string) =>
    cookieName(session.cookieName + suffix, {
      secure: base.secure,
      ...(session.domain === undefined ? {} : { domain: session.domain }),
    })
  const sealer = (purpose: 'session' | 'transaction', name: string) =>
    createIronSealer({ secrets: cookieSecrets, context: { purpose, name, issuer, clientId }, clock })

  const shared = createShared(options, state, emit)
  const { marks, store } = shared
  if (!shared.isHeardEverywhere) emit('revocation_store_missing', { option: 'store' })
  const managementToken = createManagementToken(provider, clock, state)
  const permissions = createPermissionReader({
    source: options.permissions,
    tools: {
      issuer,
      fetch: options.fetch,
      deadline: options.timeouts.refresh,
      managementToken,
    },
    clock,
    state,
    sessionName,
    emit,
  })
  // Of this instance alone: another kit of the process may seal with other secrets.
  const cache = createOpenedCache<OpenedSession>({ clock })
  const valueCookie = createValueCookie(names(''), attributes)
  const cookie =
    session.storage === 'store' && store !== undefined
      ? createStoredSession({
          cookie: valueCookie,
          store,
          owner: shared.owner,
          records: sessionRecords(shared, store, cache),
          clock,
          ...session,
        })
      : createSessionCookie({
          cookie: valueCookie,
          sealer: sealer('session', names('')),
          cache,
          clock,
          budget: session.cookieBudget,
          emit,
        })
  const transactions = createTransactionCookies({
    name: names('-login'),
    attributes,
    sealer: sealer('transaction', names('-login')),
    clock,
    ...transaction,
  })
  const returnTarget = createReturnTarget({
    rules: { base, excluded },
    fallback: base.path + options.login.returnTo,
    emit,
  })
  const { ledger } = shared
  const refresher = createRefresher({ provider, marks, clock, state, permissions, ledger, sessionName, emit })
  const limits = { ...session, outlivesTokens: options.product === 'modular_sso' }
  const authenticator = createAuthenticator({ cookie, marks, refresher, permissions, limits, clock, emit })
  const errorPages = createErrorPages(options.errorPage)
  return {
    options,
    base,
    returnTarget,
    provider,
    clock,
    state,
    emit,
    bearer: createBearerGuard({ provider, marks, emit }),
    cookie,
    transactions,
    completed: shared.completed,
    shared,
    marks,
    authenticator,
    verifier: createLoginVerifier({
      provider,
      permissions,
      marks,
      clock,
      product: options.product,
      absolute: session.absolute,
    }),
    ender: createSessionEnder({
      provider,
      cookie,
      marks,
      postLogoutRedirectUri: urlUnder(base, options.logout.returnTo),
      sessionName,
      emit,
    }),
    refusals: createRefusals({ base, paths, excluded, errorPages }),
    errorPages,
    loginRefused: createLoginRefusals({ errorPages, emit }),
    readWantedLogin: createWantedLoginReader({
      options,
      returnTarget,
      provider,
      idpLogins: createIdpLogins({
        provider,
        issuers: [issuer, base.origin, base.origin + base.path, ...options.login.idpInitiatedIssuers].map((address) =>
          address.replace(/\/$/, ''),
        ),
        used: shared.usedOnce('idp-login'),
      }),
    }),
    startLogin: createLoginStarter({ options, base, provider, transactions, clock, emit }),
    visits: {
      refresh: createVisitCounter({ name: names('-refresh'), attributes, window: 30 }),
      login: createVisitCounter({ name: names('-arrivals'), attributes, window: 60 }),
    },
    sessionName,
    managementToken,
  }
}

function sessionRecords(shared: Shared, store: Store, cache: OpenedCache<OpenedSession>): SealedRecords<OpenedSession> {
  const memory = {
    get: (sealed: string) => cache.get(sealed),
    set: (sealed: string, opened: OpenedSession) => cache.set(sealed, opened, opened.record.expiresAt),
  }
  return shared.records({ name: 'session', parse: openRecord, memory }, store)
}

function createProvider(options: ResolvedOptions, state: ProcessState): Provider {
  const { issuer, clientId, clientSecret, audience, fetch, clock, clockSkew, timeouts } = options
  const fixed = Promise.resolve(scalekitEndpoints(issuer))
  const endpoints: () => Promise<Endpoints> =
    options.endpoints === 'scalekit'
      ? () => fixed
      : state.slot('discovery', () => createDiscovery({ issuer, fetch, clock, deadline: timeouts.keys }))
  const keys = state.slot<KeySet>('keys', () =>
    createKeySet({ url: async () => (await endpoints()).keys, fetch, clock, deadline: timeouts.keys }),
  )
  return { issuer, clientId, clientSecret, audience, endpoints, keys, fetch, clock, clockSkew, deadlines: timeouts }
}

/** Events belong to the app; an observer that throws or rejects must not change what happens. */
function emitter({ observers, clock }: ResolvedOptions): Emit {
  return (type, details) => {
    for (const observe of observers) {
      try {
        const heard: unknown = observe({ type, at: clock(), ...details } as unknown as ScalegateEvent)
        if (heard instanceof Promise) heard.catch(() => undefined)
      } catch {
        // Nothing can be done with it here, and the kit prints nothing.
      }
    }
  }
}

/** A short name of a session for logs, from which the session id cannot be had back. */
async function sessionName(opened: OpenedSession): Promise<string> {
  const { sid, id } = revocable(opened)
  return (await sha256Base64url(sid ?? id)).slice(0, 12)
}
