import { describe, expect, it } from 'vitest'
import { defaultSeed } from '../seed/default.js'
import { applySettings, type SettingsPatch, defaultSettings as settings } from '../settings.js'
import { Directory } from '../state/directory.js'
import type { Session } from '../state/sessions.js'
import { connections, organizations, people } from '../test/emulator.js'
import { type SelectionParams, select } from './selection.js'

const NOW = 1_800_000_000

function sessionOf(userId: string, organizationId: string, changes: Partial<Session> = {}): Session {
  return {
    id: 'ses_1',
    cookie: 'secret',
    userId,
    organizationId,
    authenticatedOrganizations: [organizationId],
    clients: [],
    amr: [],
    status: 'active',
    createdAt: NOW - 100,
    authenticatedAt: NOW - 100,
    lastActiveAt: NOW - 100,
    ...changes,
  }
}

const ada = sessionOf(people.ada, organizations.acme)
const bea = sessionOf(people.bea, organizations.globex)
const viaAcme = sessionOf(people.ada, organizations.acme, { amr: [connections.acme] })

/** What is left of a selection: its kind, and the one thing that distinguishes it. */
function outcome(params: SelectionParams, session?: Session, patch: SettingsPatch = {}): string {
  const changed = applySettings(settings, patch)
  const selection = select({ params, session, directory: new Directory(defaultSeed), settings: changed, now: NOW })
  switch (selection.kind) {
    case 'grant':
      return `grant ${selection.organization.name}`
    case 'sso':
      return `sso ${selection.target.organization.name} ${selection.target.email}`.trim()
    case 'login':
      return `login ${selection.target.kind}`
    case 'organization':
      return `organization ${selection.organizations.map(({ name }) => name).join('+')}`
    case 'refused':
      return `refused ${selection.error}`
    default:
      return selection.kind
  }
}

const { acme, globex, initech } = organizations

describe('select', () => {
  it.each<[string, SelectionParams, Session | undefined, string]>([
    ['no session: who?', {}, undefined, 'login anything'],
    ['no session, login hint', { login_hint: 'ada@acme.test' }, undefined, 'login anything'],
    ['SSO domain in the login hint', { login_hint: 'sam@example.com' }, undefined, 'sso Acme sam@example.com'],
    ['domain', { domain: 'example.org' }, undefined, 'sso Globex'],
    ['domain_hint', { domain_hint: 'example.org' }, undefined, 'sso Globex'],
    ['domain in capitals', { domain: 'EXAMPLE.org' }, undefined, 'sso Globex'],
    ['a sub-domain is another domain', { domain: 'mail.example.org' }, undefined, 'login anything'],
    [
      'domain before login hint',
      { domain: 'example.org', login_hint: 'a@example.com' },
      undefined,
      'sso Globex a@example.com',
    ],
    ['organization', { organization_id: acme }, undefined, 'login organization'],
    ['organization before domain', { organization_id: acme, domain: 'example.org' }, undefined, 'login organization'],
    ['unknown organization', { organization_id: 'org_9' }, undefined, 'refused invalid_organization_id'],
    ['connection', { connection_id: connections.globex }, undefined, 'sso Globex'],
    [
      'connection before organization',
      { connection_id: connections.globex, organization_id: acme },
      undefined,
      'sso Globex',
    ],
    [
      'unknown connection does not fall through',
      { connection_id: 'conn_9', organization_id: acme },
      undefined,
      'refused invalid_connection_id',
    ],
    ['provider', { provider: 'google' }, undefined, 'login provider'],
    [
      'provider before connection',
      { provider: 'google', connection_id: connections.globex },
      undefined,
      'login provider',
    ],
    ['unknown provider', { provider: 'myspace' }, undefined, 'refused invalid_connection_selector'],
    ['sign-up', { prompt: 'create' }, undefined, 'sign-up'],
    ['live session: no page', {}, ada, 'grant Acme'],
    ['live session, several organizations: the current one', {}, bea, 'grant Globex'],
    ['prompt=login', { prompt: 'login' }, ada, 'login anything'],
    ['prompt=create', { prompt: 'create' }, ada, 'sign-up'],
    ['chooser for many organizations', { prompt: 'select_account' }, bea, 'organization Globex+Acme'],
    ['no chooser for one organization', { prompt: 'select_account' }, ada, 'grant Acme'],
    ['direct switch', { prompt: 'select_account', organization_id: acme }, bea, 'grant Acme'],
    ['organization alone', { organization_id: acme }, bea, 'grant Acme'],
    ['not a member', { organization_id: globex }, ada, 'refused access_denied'],
    [
      'switch to where one is no member',
      { prompt: 'select_account', organization_id: globex },
      ada,
      'refused access_denied',
    ],
    ['connection not yet used in this session', { connection_id: connections.acme }, ada, 'sso Acme'],
    ['connection used in this session', { connection_id: connections.acme }, viaAcme, 'grant Acme'],
    ['by the same person', { connection_id: connections.acme, login_hint: 'ADA@acme.test' }, viaAcme, 'grant Acme'],
    [
      'by another person',
      { connection_id: connections.acme, login_hint: 'x@example.com' },
      viaAcme,
      'sso Acme x@example.com',
    ],
    ['login young enough', { max_age: '100' }, ada, 'grant Acme'],
    ['login too old', { max_age: '99' }, ada, 'login anything'],
  ])('%s', (_label, params, session, expected) => {
    expect(outcome(params, session)).toBe(expected)
  })

  const ivy = sessionOf(people.ivy, acme)
  const throughInitech = sessionOf(people.ivy, acme, { amr: [connections.initech] })
  const switching = { prompt: 'select_account', organization_id: initech }

  it.each<[string, SelectionParams, Session | undefined, string]>([
    ['without a session', { organization_id: initech }, undefined, 'sso Initech'],
    ['with a login hint', { organization_id: initech, login_hint: 'ivy@x.test' }, undefined, 'sso Initech ivy@x.test'],
    ['with a session that came another way', { organization_id: initech }, ivy, 'sso Initech ivy@acme.test'],
    ['switching', switching, ivy, 'sso Initech ivy@acme.test'],
    ['switching after its SSO', switching, throughInitech, 'grant Initech'],
    ['and no membership', { organization_id: initech }, ada, 'refused access_denied'],
    ['prompt=login', { ...switching, prompt: 'login' }, throughInitech, 'sso Initech'],
    ['not for the other organization', {}, ivy, 'grant Acme'],
  ])('an organization that requires SSO: %s', (_label, params, session, expected) => {
    expect(outcome(params, session)).toBe(expected)
  })

  it.each<[string, SelectionParams, Session, string]>([
    ['the current one', { organization_id: globex }, ada, 'grant Acme'],
    ['also when switching', { prompt: 'select_account', organization_id: initech }, bea, 'grant Globex'],
  ])('a foreign organization may mean one of their own: %s', (_label, params, session, expected) => {
    expect(outcome(params, session, { foreignOrganization: 'other' })).toBe(expected)
  })

  it.each<[string, SelectionParams, string]>([
    ['nothing', {}, 'refused invalid_connection_selector'],
    ['prompt=create', { prompt: 'create' }, 'refused invalid_connection_selector'],
    ['an organization', { organization_id: acme, login_hint: 'sam@example.com' }, 'sso Acme sam@example.com'],
    ['connection before organization', { connection_id: connections.globex, organization_id: acme }, 'sso Globex'],
    ['an unknown connection', { connection_id: 'conn_9', organization_id: acme }, 'refused invalid_connection_id'],
    ['organization before domain', { organization_id: acme, domain: 'example.org' }, 'sso Acme'],
    ['domain before login hint', { domain: 'example.org', login_hint: 'a@example.com' }, 'sso Globex a@example.com'],
    ['a login hint', { login_hint: 'sam@example.com' }, 'sso Acme sam@example.com'],
    ['an unknown domain', { login_hint: 'ada@acme.test' }, 'refused domain_not_found'],
    ['provider before connection', { provider: 'google', connection_id: connections.globex }, 'login provider'],
  ])('Modular SSO, session or not: %s', (_label, params, expected) => {
    const product = { product: 'modular-sso' } as const
    expect([outcome(params, undefined, product), outcome(params, viaAcme, product)]).toEqual([expected, expected])
  })

  it('Modular SSO needs a connection that is on', () => {
    const directory = new Directory(defaultSeed)
    directory.setFeatures(acme, { sso: false })
    const own = directory.addOrganization({ name: 'Hooli' })
    const modular = { ...settings, product: 'modular-sso' } as const
    const of = (params: SelectionParams) =>
      select({ params, session: undefined, directory, settings: modular, now: NOW })
    expect(of({ organization_id: acme })).toMatchObject({ kind: 'refused', error: 'connection_not_active' })
    expect(of({ organization_id: own.id })).toMatchObject({ kind: 'refused', error: 'no_configured_connections' })
  })

  it('asks again when the current organization has been left', () => {
    const directory = new Directory(defaultSeed)
    directory.removeMember(people.bea, globex)
    const selection = select({ params: {}, session: bea, directory, settings, now: NOW })
    expect(selection).toMatchObject({ kind: 'grant', organization: { id: acme } })
  })

  it('shows the login page to somebody without any organization', () => {
    const directory = new Directory(defaultSeed)
    directory.removeMember(people.ada, acme)
    expect(select({ params: {}, session: ada, directory, settings, now: NOW }).kind).toBe('login')
  })

  it('takes no SSO where the feature is off', () => {
    const directory = new Directory(defaultSeed)
    directory.setFeatures(acme, { sso: false })
    const of = (params: SelectionParams) => select({ params, session: undefined, directory, settings, now: NOW })
    expect(of({ connection_id: connections.acme })).toMatchObject({ kind: 'refused', error: 'connection_not_active' })
    expect(of({ domain: 'example.com' }).kind).toBe('login')
  })
})
