import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { removeOrganization } from '../logout/removal.js'
import { type Feature, features } from '../seed/types.js'
import type { Organization } from '../state/organizations.js'
import { readBody } from './body.js'
import { existing, invalid, RestError } from './errors.js'
import { flag, list, message, pairs, required, text } from './fields.js'
import { organizationJson } from './organization-json.js'
import { type PageBounds, paginate } from './pagination.js'
import { queryOf, textOf } from './query.js'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const slug = { max: 253, description: 'a DNS label or a host name in lower case' }
const logoUrl = text({ max: 1024, pattern: /^https:\/\//, description: 'an https address' })

const createShape = message({
  display_name: required(text({ min: 1, max: 200 })),
  external_id: text(),
  metadata: pairs(10),
  slug: text({ ...slug, min: 1, pattern: new RegExp(`^${label}(?:\\.${label})*$`) }),
  logo_url: logoUrl,
})
const updateShape = message({
  display_name: text({ min: 1, max: 200 }),
  external_id: text(),
  metadata: pairs(10),
  slug: text({ ...slug, pattern: new RegExp(`^$|^${label}(?:\\.${label})*$`) }),
  logo_url: logoUrl,
})
const settingsShape = message({ features: list(message({ name: required(text()), enabled: flag })) })

const bounds: PageBounds = { list: 'organizations', smallest: 10, largest: 100 }

/** The organization that a path names. */
export function organizationOf({ directory }: Environment, id: string): Organization {
  return existing(directory.organization(id), 'organization')
}

/** Organizations: the app's customers. */
export function organizationRoutes(environment: Environment): Hono {
  const app = new Hono()
  const answer = (c: Context, id: string, status: 200 | 201 = 200) =>
    c.json({ organization: organizationJson(organizationOf(environment, id)) }, status)

  app.get('/organizations', (c) => {
    const externalId = textOf(c, 'external_id')
    const all = environment.directory.organizations.filter(
      (one) => externalId === undefined || one.externalId === externalId,
    )
    const { items, tokens } = paginate(c, all, bounds)
    return c.json({ organizations: items.map(organizationJson), ...tokens })
  })
  // Not in the OpenAPI description; the SDK has it.
  app.get('/organizations:search', (c) => {
    const query = queryOf(c)
    const found = environment.directory.organizations.filter(({ id, name, externalId = '' }) =>
      [id, name, externalId].some((value) => value.toLowerCase().includes(query)),
    )
    const { items, tokens } = paginate(c, found, { list: 'organizations:search', smallest: 1, largest: 30 })
    return c.json({ organizations: items.map(organizationJson), ...tokens })
  })
  app.post('/organizations', async (c) => {
    const body = await readBody(c, createShape, 'organization')
    refuseTwins(environment, body)
    const { id } = environment.directory.addOrganization({
      name: body.display_name,
      externalId: body.external_id || undefined,
      metadata: body.metadata,
      slug: body.slug,
      logoUrl: body.logo_url,
    })
    return answer(c, id, 201)
  })
  app.get('/organizations:external/:external_id', (c) => {
    // protobuf's oneof: `id` silently wins, and then the external id is not there.
    if (textOf(c, 'id') !== undefined) throw new RestError('INVALID_ARGUMENT', 'ExternalId is required')
    const externalId = c.req.param('external_id')
    const found = environment.directory.organizations.find((one) => one.externalId === externalId)
    return answer(c, existing(found, 'organization').id)
  })
  app.get('/organizations/:id', (c) => answer(c, c.req.param('id')))
  app.patch('/organizations/:id', async (c) => {
    const { id, metadata } = organizationOf(environment, c.req.param('id'))
    const body = await readBody(c, updateShape, 'organization')
    refuseTwins(environment, body, id)
    environment.directory.customers.update(id, {
      ...(body.display_name === undefined ? {} : { name: body.display_name }),
      ...(body.external_id === undefined ? {} : { externalId: body.external_id || undefined }),
      ...(body.slug === undefined ? {} : { slug: body.slug || undefined }),
      ...(body.logo_url === undefined ? {} : { logoUrl: body.logo_url }),
      metadata: body.metadata ?? metadata,
    })
    return answer(c, id)
  })
  app.delete('/organizations/:id', async (c) => {
    const { id } = organizationOf(environment, c.req.param('id'))
    await removeOrganization(environment, id)
    return c.json({})
  })
  app.patch('/organizations/:id/settings', async (c) => {
    const { id } = organizationOf(environment, c.req.param('id'))
    const { features: wanted = [] } = await readBody(c, settingsShape, 'settings')
    environment.directory.setFeatures(id, Object.fromEntries(wanted.map(featureOf)))
    return answer(c, id)
  })
  return app
}

function featureOf({ name, enabled = false }: { name: string; enabled?: boolean }, index: number): [Feature, boolean] {
  const feature = features.find((one) => one === name)
  if (feature !== undefined) return [feature, enabled]
  const description = `must be one of ${features.join(', ')}`
  throw invalid({ field: `settings.features[${index}].name`, constraint: 'string.in', description })
}

function refuseTwins(
  { directory }: Environment,
  body: { readonly external_id?: string; readonly slug?: string },
  own?: string,
): void {
  const others = directory.organizations.filter(({ id }) => id !== own)
  if (body.external_id && others.some(({ externalId }) => externalId === body.external_id)) {
    throw new RestError('ALREADY_EXISTS', 'an organization with this external_id exists')
  }
  if (body.slug && others.some((one) => one.slug === body.slug)) {
    throw new RestError('ALREADY_EXISTS', 'an organization with this slug exists')
  }
}
