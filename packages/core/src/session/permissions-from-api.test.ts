import { describe, expect, it } from 'vitest'
import type { PermissionRequest } from '../options/scalegate-options.js'
import { permissionsFromApi } from './permissions-from-api.js'

const request = (answer: () => Response | Promise<Response>, changes: Partial<PermissionRequest> = {}) => {
  const calls: { url: string; authorization: string | null }[] = []
  const asked: PermissionRequest = {
    userId: 'usr_1',
    organizationId: 'org_1',
    tokenPermissions: [],
    accessToken: 'of-the-person',
    issuer: 'https://auth.example',
    deadline: 1,
    managementToken: async () => 'of-the-app',
    fetch: async (url, init) => {
      calls.push({ url, authorization: new Headers(init.headers).get('authorization') })
      return answer()
    },
    ...changes,
  }
  return { calls, result: permissionsFromApi(asked) }
}

describe('permissionsFromApi', () => {
  it('asks Scalekit in the name of the app', async () => {
    const { calls, result } = request(() =>
      Response.json({ permissions: [{ name: 'sk_org_sso_read', id: 'x' }, { name: '' }, { name: 'a:b' }] }),
    )
    expect(await result).toEqual(['sk_org_sso_read', 'a:b'])
    expect(calls).toEqual([
      {
        url: 'https://auth.example/api/v1/organizations/org_1/users/usr_1/permissions',
        authorization: 'Bearer of-the-app',
      },
    ])
  })

  it('escapes what stands in the path', async () => {
    const { calls, result } = request(() => Response.json({ permissions: [] }), { userId: 'conn_1;ada&x=y' })
    await result
    expect(calls[0]?.url).toBe('https://auth.example/api/v1/organizations/org_1/users/conn_1%3Bada%26x%3Dy/permissions')
  })

  it.each([{ userId: '../../x?y' }, { organizationId: 'a/b' }])(
    'asks nothing about %o, which is no id',
    async (ids) => {
      const { calls, result } = request(() => Response.json({ permissions: [] }), ids)
      await expect(result).rejects.toMatchObject({ code: 'permissions_unavailable' })
      expect(calls).toEqual([])
    },
  )

  it('asks nothing for a session without organization', async () => {
    const { calls, result } = request(() => Response.json({}), { organizationId: undefined })
    expect([await result, calls]).toEqual([[], []])
  })

  it.each([403, 404])('%i means no membership and no permissions', async (status) => {
    expect(await request(() => new Response('', { status })).result).toEqual([])
  })

  it.each([
    ['401', () => new Response('', { status: 401 })],
    ['500', () => new Response('', { status: 500 })],
    ['a reset', () => Promise.reject(new Error('canary'))],
    ['HTML', () => new Response('<html>')],
    ['no list', () => Response.json({ permissions: {} })],
    ['a list of text', () => Response.json({ permissions: ['sk_org_sso_manage'] })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
  ])('%s is an outage', async (_label, answer) => {
    await expect(request(answer).result).rejects.toMatchObject({
      code: 'permissions_unavailable',
      message: expect.not.stringContaining('canary'),
    })
  })
})
