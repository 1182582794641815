/**
 * The caller's own organization: its profile, features and session policy, the menu of hosted widgets, and onboarding of
 * customers from a back office.
 *
 * @packageDocumentation
 */
export {
  type Onboarded,
  type OnboardingRequest,
  type OrganizationsApi,
  type OrganizationsOptions,
  organizations,
} from './organizations/organizations.js'
