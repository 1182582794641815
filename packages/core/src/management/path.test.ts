import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { path } from './path.js'

const badIds: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a list', ['org_1']],
  ['an empty text', ''],
  ['spaces', '  '],
  ['here', '.'],
  ['above', '..'],
  ['a slash', 'org_1/users'],
  ['a backslash', 'org_1\\users'],
  ['a query', 'org_1?id=org_2'],
  ['a fragment', 'org_1#x'],
  ['an encoded slash', 'org_1%2fusers'],
  ['a line break', 'org_1\r\nHost: evil.example'],
  ['NUL', 'org_1\0'],
  ['half a character', '\ud800'],
  ['a verb', 'conn_1:disable'],
  ['much', 'x'.repeat(513)],
]

describe('path', () => {
  it.each(badIds)('an id is not %s', (_label, organizationId) => {
    const build = () => path`/organizations/${{ organizationId: organizationId as string }}`
    expect(build).toThrowError(
      expect.objectContaining({
        code: 'management_request_invalid',
        message: expect.stringContaining('organizationId'),
      }),
    )
    expect(build).not.toThrowError(/evil|org_2/)
  })

  it('lets the app name things with a colon, encoded', () => {
    expect(path`/permissions/${{ permissionName: 'projects:create' }}`).toBe('/permissions/projects%3Acreate')
    expect(path`/users:external/${{ externalId: 'crm:ada@corp.example' }}`).toBe(
      '/users:external/crm%3Aada%40corp.example',
    )
  })

  it('is one segment at one place for every value, or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (externalId) => {
        let built: string
        try {
          built = path`/organizations:external/${{ externalId }}`
        } catch (error) {
          return (error as { code?: string }).code === 'management_request_invalid'
        }
        const { pathname, search, hash } = new URL(`https://env.example/api/v1${built}`)
        const segments = pathname.split('/')
        return segments.length === 5 && decodeURIComponent(segments[4] ?? '') === externalId && search + hash === ''
      }),
      { numRuns: 1000 },
    )
  })
})
