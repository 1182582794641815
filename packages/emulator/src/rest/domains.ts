import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { type Domain, type DomainRefusal, domainTypes } from '../state/domains.js'
import { readBody } from './body.js'
import { existing, invalid, RestError } from './errors.js'
import { choice, message, required, text } from './fields.js'
import type { Json } from './json.js'
import { organizationOf } from './organizations.js'
import { pageSize } from './pagination.js'
import { numberOf, textOf, wordOf } from './query.js'
import { timeOf } from './time.js'

const path = '/organizations/:organization/domains'
const shape = message({ domain: required(text({ min: 1, max: 253 })), domain_type: choice(...domainTypes) })

/** Domains of organizations. Whoever adds one by the API vouches for it, so it counts at once. */
export function domainRoutes(environment: Environment): Hono {
  const app = new Hono()
  const organization = (c: Context) => organizationOf(environment, c.req.param('organization') ?? '').id
  const named = (c: Context): Domain => {
    environment.directory.domains.failOverdue()
    const all = environment.directory.domains.of(organization(c))
    return existing(
      all.find(({ id }) => id === c.req.param('id')),
      'domain',
    )
  }
  app.get(path, (c) => {
    environment.directory.domains.failOverdue()
    const type = wordOf(c, 'domain_type', domainTypes)
    const size = pageSize(c, { smallest: 1, largest: 100, standard: 30 })
    const number = numberOf(c, 'page_number') ?? 0
    const all = environment.directory.domains
      .of(organization(c))
      .filter((one) => type === undefined || one.type === type)
    const page = all.slice(number * size, (number + 1) * size)
    return c.json({
      domains: page.map((one) => domainJson(environment, one, hasDetails(c))),
      page_number: number,
      page_size: size,
    })
  })
  app.post(path, async (c) => {
    const organizationId = organization(c)
    // Without a type Scalekit documents nothing; the organization's own domain is what most mean.
    const { domain: name, domain_type: type = 'ORGANIZATION_DOMAIN' } = await readBody(c, shape, 'domain')
    const added = environment.directory.domains.add({ organizationId, name, type, by: 'ADMIN' })
    if (typeof added === 'string') throw refusal(added)
    return c.json({ domain: domainJson(environment, added, true) })
  })
  app.get(`${path}/:id`, (c) => c.json({ domain: domainJson(environment, named(c), hasDetails(c)) }))
  app.delete(`${path}/:id`, (c) => {
    environment.directory.domains.remove(named(c).id)
    return c.json({})
  })
  return app
}

/** Why a domain cannot be added, in words. */
export const domainRefusals: Readonly<Record<DomainRefusal, string>> = {
  malformed: 'must be a domain name such as example.com',
  public: 'must not be a public e-mail domain',
  taken: 'is registered already',
}

function refusal(why: DomainRefusal): RestError {
  if (why === 'taken') return new RestError('ALREADY_EXISTS', `domain.domain: ${domainRefusals.taken}`)
  return invalid({ field: 'domain.domain', constraint: 'string.hostname', description: domainRefusals[why] })
}

/** The TXT record is in the answer to the creation, and elsewhere where it is asked for. */
function hasDetails(c: Context): boolean {
  return textOf(c, 'include')?.split(',').includes('verification_details') ?? false
}

/** `domainsDomain`. */
export function domainJson({ environmentId }: Environment, domain: Domain, details = false): Json {
  const { id, name, type, organizationId, status, method, txtRecord } = domain
  return {
    id,
    domain: name,
    domain_type: type,
    organization_id: organizationId,
    environment_id: environmentId,
    verification_status: status,
    verification_method: method,
    ...(details ? { txt_record_key: txtRecord.key, txt_record_secret: txtRecord.secret } : {}),
    create_time: timeOf(domain.createdAt),
    update_time: timeOf(domain.updatedAt),
  }
}
