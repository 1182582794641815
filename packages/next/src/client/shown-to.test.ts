import { createElement, type ReactNode, StrictMode } from 'react'
// @ts-expect-error react-dom brings no types, and @types/react-dom is not needed for one function.
import { renderToString } from 'react-dom/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Permitted, type Session, SessionProvider, SignedIn, SignedOut, useSession } from '../client.js'
import { ada, gil } from './test/sessions.js'

/** As a server renders it: there is no window, and a request would throw. */
function html(initial: Session | null | undefined, ...parts: ReactNode[]): string {
  return renderToString(
    createElement(StrictMode, null, createElement(SessionProvider, { initial }, ...parts)),
  ) as string
}

const parts = [
  createElement(SignedIn, { key: 1, fallback: 'log in' }, 'in '),
  createElement(SignedOut, { key: 2 }, ' out'),
  createElement(Permitted, { key: 3, permission: 'projects:create', fallback: 'may not' }, 'may'),
]

const Status = () => useSession().status
const Name = () => useSession().session?.user.name ?? 'nobody'

describe('rendered by a server', () => {
  it.each([
    ['without a session: nothing yet', undefined, ''],
    ['a stranger', null, 'log in outmay not'],
    ['an admin', ada, 'in may'],
    ['a guest', gil, 'in may not'],
    ['a stale session: signed in, and permitted nothing', { ...ada, stale: true }, 'in '],
  ])('%s', (_label, initial, expected) => {
    expect(html(initial, ...parts).replaceAll('<!-- -->', '')).toBe(expected)
  })

  it('works without a provider', () => {
    expect(renderToString(createElement(Status))).toBe('loading')
  })

  it('lets one request not see the session of another', () => {
    expect([html(ada, createElement(Name, { key: 1 })), html(undefined, createElement(Name, { key: 1 }))]).toEqual([
      'Ada Admin',
      'nobody',
    ])
  })

  it('shows nothing where there are no children or no fallback', () => {
    expect(
      html(gil, createElement(Permitted, { key: 1, role: 'admin' }, 'x'), createElement(SignedIn, { key: 2 })),
    ).toBe('')
  })

  it('refuses a path that is not one of this app', () => {
    expect(() => renderToString(createElement(SessionProvider, { path: 'https://evil.test' }))).toThrow(TypeError)
  })
})

describe('types', () => {
  it('narrows by status', () => {
    const check = (view: ReturnType<typeof useSession>) => {
      if (view.status === 'signed-in') expectTypeOf(view.session).toEqualTypeOf<Session>()
      else expectTypeOf(view.session).toEqualTypeOf<null>()
      expectTypeOf(view.reload).toEqualTypeOf<() => Promise<void>>()
    }
    expect(check).toBeTypeOf('function')
  })

  it('does not compile for a misspelt or an empty requirement', () => {
    const uses = () => [
      Permitted({ permission: 'sk_org_users_invite' }),
      Permitted({ permission: 'projects:create' }),
      Permitted({ anyPermission: ['sk_org_sso_read', 'projects:read'] }),
      Permitted({ role: 'admin' }),
      // @ts-expect-error misspelt
      Permitted({ permission: 'sk_org_user_invite' }),
      // @ts-expect-error misspelt
      Permitted({ anyPermission: ['projects:read', 'sk_org_sso_reed'] }),
      // @ts-expect-error nothing asked
      Permitted({ fallback: 'x' }),
      // @ts-expect-error "and" or "or"?
      Permitted({ permission: 'projects:create', role: 'admin' }),
      // @ts-expect-error a permission that may be undefined
      Permitted({ permission: undefined as string | undefined }),
    ]
    expect(uses).toBeTypeOf('function')
  })
})
