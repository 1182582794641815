import type { Target } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import {
  type Person,
  renderLogin,
  renderOrganizationPicker,
  renderSignUp,
  renderSsoSimulator,
  type SignUpPage,
} from '../pages/index.js'
import type { Organization, User } from '../state/directory.js'
import { nameOf } from '../state/people.js'
import type { Interaction } from './interaction.js'

/** Error codes that the callback can get from Scalekit's SSO broker ("SSO integration errors"), most useful first. */
export const outcomes = [
  'access_denied', 'server_error', 'invalid_request', 'user_not_active', 'user_login_required', 'invalid_redirect_uri',
  'invalid_connection_selector', 'no_active_connections', 'connection_not_active', 'no_configured_connections',
  'invalid_organization_id', 'invalid_connection_id', 'domain_not_found', 'invalid_user_domain', 'invalid_client',
  'application_not_active', 'unauthorized', 'mandatory_attribute_missing', 'invalid_id_token',
  'failed_to_exchange_token', 'user_info_retrieve_failed', 'invalid_saml_metadata', 'invalid_saml_response',
  'invalid_saml_request', 'invalid_saml_form_params', 'signature_validation_failed', 'invalid_acs_url',
  'invalid_assertion_url', 'invalid_status', 'malformed_saml_response', 'assertion_expired', 'response_expired',
  'authentication_not_completed',
] as const // biome-ignore format: a list

/** A given name out of an address, for somebody of whom nothing else is known. */
export function guessedName(email: string): string {
  const name = email.split('@', 1)[0] || 'sam'
  return name.slice(0, 1).toUpperCase() + name.slice(1)
}

/** A person as the pages show them. */
export function personOf(environment: Environment, user: User): Person {
  return {
    id: user.id,
    name: nameOf(user),
    email: user.email,
    organizations: environment.directory.organizationsOf(user.id).map((organization) => organization.name),
  }
}

/** Who signs in? */
export function loginPage(
  environment: Environment,
  interaction: Interaction,
  shown: { readonly target?: Target; readonly error?: string },
): string {
  const { id, client, params } = interaction
  const asked = shown.target === undefined ? undefined : askedFor(shown.target)
  return renderLogin({
    action: `/login/${id}`,
    signUpPath: `/login/${id}/sign-up`,
    cancelAction: `/login/${id}/cancel`,
    clientName: client.name,
    people: environment.directory.users.map((user) => personOf(environment, user)),
    ...(params.login_hint === undefined ? {} : { loginHint: params.login_hint }),
    ...(asked === undefined ? {} : { askedFor: asked }),
    ...(shown.error === undefined ? {} : { error: shown.error }),
  })
}

/** Which organization? */
export function organizationPage(environment: Environment, interaction: Interaction, user: User): string {
  const { directory } = environment
  return renderOrganizationPicker({
    action: `/login/${interaction.id}/organization`,
    cancelAction: `/login/${interaction.id}/cancel`,
    person: personOf(environment, user),
    organizations: directory.organizationsOf(user.id).map(({ id, name }) => ({
      id,
      name,
      roles: directory.rolesOf(user.id, id),
    })),
  })
}

/** The customer's identity provider. */
export function ssoPage(
  environment: Environment,
  interaction: Interaction,
  login: { readonly organization: Organization; readonly connectionId: string; readonly email: string },
): string {
  const known = environment.directory.userByEmail(login.email)
  return renderSsoSimulator({
    action: `/login/${interaction.id}/sso`,
    email:
      login.email === ''
        ? `sam@${environment.directory.domains.ownedBy(login.organization.id)[0] ?? 'example.com'}`
        : login.email,
    givenName: known?.givenName ?? guessedName(login.email),
    familyName: known?.familyName ?? 'Single',
    organizationName: login.organization.name,
    connectionId: login.connectionId,
    outcomes,
  })
}

/** A new account with a new organization. */
export function signUpPage(interaction: Interaction, values: SignUpPage['values'], error?: string): string {
  return renderSignUp({
    action: `/login/${interaction.id}/sign-up`,
    logInPath: `/login/${interaction.id}?page=login`,
    values,
    ...(error === undefined ? {} : { error }),
  })
}

function askedFor(target: Target): { readonly label: string; readonly value: string } | undefined {
  if (target.kind === 'provider') return { label: 'Social provider', value: target.provider }
  if (target.kind === 'organization') return { label: 'Organization', value: target.organization.name }
  if (target.kind === 'connection') return { label: 'Connection', value: target.connectionId }
  return undefined
}
