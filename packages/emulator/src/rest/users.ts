import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { removeUser } from '../logout/removal.js'
import type { User } from '../state/people.js'
import { readBody } from './body.js'
import { existing, RestError } from './errors.js'
import { organizationOf } from './organizations.js'
import { type PageBounds, paginate } from './pagination.js'
import { queryOf } from './query.js'
import { profileOf, updateUserShape } from './user-body.js'
import { userJson } from './user-json.js'

/** The two ways in which a path names somebody: `users/{id}` and `users:external/{external_id}`. */
export const userPaths = ['users/:id', 'users:external/:external_id'] as const

/** Whom a path names, in one of {@link userPaths}. */
export function userOf({ directory }: Environment, c: Context): User {
  const { id, external_id: externalId } = c.req.param()
  const found = id === undefined ? directory.users.find((one) => one.externalId === externalId) : directory.user(id)
  return existing(found, 'user')
}

/** Two people cannot have one external id. */
export function refuseExternalTwin({ directory }: Environment, externalId: string | undefined, own?: string): void {
  if (!externalId || directory.users.every((one) => one.id === own || one.externalId !== externalId)) return
  throw new RestError('ALREADY_EXISTS', 'a user with this external_id exists')
}

/** People, wherever they belong. */
export function userRoutes(environment: Environment): Hono {
  const app = new Hono()
  const answer = (c: Context, users: readonly User[], bounds: PageBounds) => {
    const { items, tokens } = paginate(c, users, bounds)
    return c.json({ users: items.map((user) => userJson(environment, user)), ...tokens })
  }

  app.get('/users', (c) => answer(c, environment.directory.users, { list: 'users', smallest: 10, largest: 100 }))
  app.get('/users:search', (c) => {
    const found = environment.directory.users.filter(matches(queryOf(c)))
    return answer(c, found, { list: 'users:search', smallest: 1, largest: 30 })
  })
  app.get('/organizations/:organization/users', (c) => {
    const { id } = organizationOf(environment, c.req.param('organization'))
    return answer(c, environment.directory.enlistedIn(id), { list: `users of ${id}`, smallest: 1, largest: 100 })
  })
  app.get('/organizations/:organization/users:search', (c) => {
    const { id } = organizationOf(environment, c.req.param('organization'))
    const found = environment.directory.enlistedIn(id).filter(matches(queryOf(c)))
    return answer(c, found, { list: `users:search of ${id}`, smallest: 1, largest: 30 })
  })

  for (const path of userPaths) {
    app.get(`/${path}`, (c) => c.json({ user: userJson(environment, userOf(environment, c)) }))
    app.patch(`/${path}`, async (c) => {
      const user = userOf(environment, c)
      const body = await readBody(c, updateUserShape, 'user')
      refuseExternalTwin(environment, body.external_id, user.id)
      environment.directory.people.update(user.id, {
        ...profileOf(body.user_profile, user),
        ...(body.external_id === undefined ? {} : { externalId: body.external_id || undefined }),
        ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
      })
      return c.json({ user: userJson(environment, existing(environment.directory.user(user.id), 'user')) })
    })
    app.delete(`/${path}`, async (c) => {
      await removeUser(environment, userOf(environment, c).id)
      return c.json({})
    })
  }
  return app
}

/** By e-mail address, id and external id, as documented: not by name. */
function matches(query: string): (user: User) => boolean {
  return ({ id, email, externalId = '' }) =>
    [id, email, externalId].some((value) => value.toLowerCase().includes(query))
}
