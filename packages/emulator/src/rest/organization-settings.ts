import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import type { SessionPolicy } from '../state/organizations.js'
import { readBody } from './body.js'
import { invalid, RestError } from './errors.js'
import { choice, flag, int32, message, required } from './fields.js'
import { applicationPolicyJson, sessionPolicyJson, userManagementJson } from './organization-json.js'
import { organizationOf } from './organizations.js'

/** Minutes of each unit. */
const minutes = { MINUTES: 1, HOURS: 60, DAYS: 1440 } as const
const unit = choice('MINUTES', 'HOURS', 'DAYS')

const policyShape = message({
  policy_source: required(choice('APPLICATION', 'CUSTOM')),
  absolute_session_timeout: int32,
  absolute_session_timeout_unit: unit,
  idle_session_timeout_enabled: flag,
  idle_session_timeout: int32,
  idle_session_timeout_unit: unit,
})
type PolicyBody = Exclude<ReturnType<typeof policyShape>, undefined>

const managementShape = message({ settings: required(message({ max_allowed_users: int32 })) })

/** What an organization says of its own: session limits and how many people it may have. */
export function organizationSettingsRoutes(environment: Environment): Hono {
  const app = new Hono()
  const of = (id: string) => organizationOf(environment, id)
  app.get('/organizations/:id/session-policy', (c) => c.json({ policy: sessionPolicyJson(of(c.req.param('id'))) }))
  app.patch('/organizations/:id/session-policy', async (c) => {
    const { id, features } = of(c.req.param('id'))
    const body = await readBody(c, policyShape)
    if (body.policy_source === 'CUSTOM' && features.session_policy !== true) {
      throw new RestError('FAILED_PRECONDITION', 'the feature session_policy is off for this organization')
    }
    const sessionPolicy = body.policy_source === 'CUSTOM' ? policyOf(environment, body) : undefined
    environment.directory.customers.update(id, { sessionPolicy })
    return c.json({ policy: sessionPolicyJson(of(id)) })
  })
  // The next two are not in the OpenAPI description; the SDK has them.
  app.get('/organizations/:id/application-session-policy', (c) => {
    of(c.req.param('id'))
    return c.json({ application_policy: applicationPolicyJson(environment.settings) })
  })
  app.get('/organizations/:id/settings/usermanagement', (c) =>
    c.json({ settings: userManagementJson(of(c.req.param('id'))) }),
  )
  app.patch('/organizations/:id/settings/usermanagement', async (c) => {
    const { id } = of(c.req.param('id'))
    const { settings } = await readBody(c, managementShape)
    const { max_allowed_users: maxUsers } = settings
    if (maxUsers !== undefined && maxUsers < 0) {
      const field = 'settings.max_allowed_users'
      throw invalid({ field, constraint: 'int32.gte', description: 'must not be negative' })
    }
    environment.directory.customers.update(id, { maxUsers })
    return c.json({ settings: userManagementJson(of(id)) })
  })
  return app
}

/** Documented: absolute limit of the organization > its idle limit > the application's access-token lifetime. */
function policyOf({ settings }: Environment, body: PolicyBody): SessionPolicy {
  const absolute = (body.absolute_session_timeout ?? 0) * minutes[body.absolute_session_timeout_unit ?? 'MINUTES']
  const idle = (body.idle_session_timeout ?? 0) * minutes[body.idle_session_timeout_unit ?? 'MINUTES']
  const floor = settings.accessTokenLifetime / 60
  if (absolute <= floor) throw tooShort('absolute_session_timeout', 'must be longer than an access token lives')
  if (body.idle_session_timeout_enabled !== true) return { absolute }
  if (idle <= floor) throw tooShort('idle_session_timeout', 'must be longer than an access token lives')
  if (idle >= absolute) throw tooShort('absolute_session_timeout', 'must be longer than idle_session_timeout')
  return { absolute, idle }
}

function tooShort(field: string, description: string) {
  return invalid({ field, constraint: 'int32.gt', description })
}
