import { describe, expect, it } from 'vitest'
import type { SessionAnswer } from './session-state.js'
import { createSessionStore } from './session-store.js'
import { ada, gil } from './test/sessions.js'
import { standInBrowser } from './test/stand-in-browser.js'

function opened(initial?: SessionAnswer) {
  const stage = standInBrowser()
  const store = createSessionStore('/auth/session', initial, stage.browser)
  let changes = 0
  const close = store.subscribe(() => {
    changes++
  })
  return { ...stage, store, close, changes: () => changes, status: () => store.view().status }
}

describe('createSessionStore', () => {
  it.each(['https://evil.test/session', '//evil.test/session', '/\\evil.test/session', 'auth/session', ''])(
    'refuses the path "%s"',
    (path) => {
      expect(() => createSessionStore(path, null, standInBrowser().browser)).toThrow(
        new TypeError(`The session path must be a path of this app, not "${path}".`),
      )
    },
  )

  it('asks nothing until a component wants to know', () => {
    const stage = standInBrowser()
    const refuse = () => {
      throw new Error('There is no browser during server rendering.')
    }
    const store = createSessionStore('/auth/session', undefined, refuse)
    expect([store.view().status, store.firstView().status, stage.asked]).toEqual(['loading', 'loading', []])
  })

  it('asks once for any number of components, and tells each of them', async () => {
    const { store, asked, answer, changes } = opened()
    let others = 0
    store.subscribe(() => {
      others++
    })
    store.subscribe(() => undefined)
    expect(asked.map(([path]) => path)).toEqual(['/auth/session'])
    await answer(ada)
    expect(store.view()).toMatchObject({ status: 'signed-in', session: ada })
    expect([changes(), others]).toEqual([1, 1])
  })

  it('gives the same object until something changes, and keeps the first one for hydration', async () => {
    const { store, answer } = opened()
    const first = store.view()
    expect(store.view()).toBe(first)
    await answer(ada)
    const second = store.view()
    expect(second).not.toBe(first)
    void store.view().reload()
    await answer({ ...ada })
    expect(store.view()).toBe(second)
    expect(store.firstView()).toBe(first)
  })

  it.each([
    ['a session', ada, 'signed-in'],
    ['a stranger', null, 'signed-out'],
  ] as const)('starts with %s of the server, and does not ask', (_label, initial, status) => {
    const stage = opened(initial)
    expect([stage.status(), stage.store.firstView().status, stage.asked]).toEqual([status, status, []])
  })

  it('asks for a session that the server could not refresh', () => {
    expect(opened({ ...ada, stale: true }).asked).toHaveLength(1)
  })

  it('says unavailable only where nothing was known', async () => {
    const unknown = opened()
    await unknown.answer(undefined)
    expect(unknown.status()).toBe('unavailable')
    const known = opened(ada)
    void known.store.view().reload()
    await known.answer(undefined)
    expect([known.status(), known.changes()]).toEqual(['signed-in', 0])
  })

  it('recovers when asked again', async () => {
    const { store, respond, answer, status } = opened()
    await respond(new TypeError('fetch failed'))
    expect(status()).toBe('unavailable')
    const done = store.view().reload()
    await answer(ada)
    await done
    expect(status()).toBe('signed-in')
  })

  it('believes the latest question, whichever is answered last', async () => {
    const { store, answer, status } = opened(ada)
    void store.view().reload()
    void store.view().reload()
    await answer(null, 1)
    await answer(ada, 0)
    expect(status()).toBe('signed-out')
  })
})

describe('somebody looks at the page again', () => {
  it.each([
    ['window', 'focus'],
    ['document', 'visibilitychange'],
  ] as const)('%s %s asks, if the answer is some seconds old', async (target, type) => {
    const { asked, answer, pass, emit, status } = opened()
    await answer(ada)
    pass(4.9)
    emit(target, type)
    expect(asked).toHaveLength(1)
    pass(0.1)
    emit(target, type)
    emit(target, type)
    expect(asked).toHaveLength(2)
    await answer(null)
    expect(status()).toBe('signed-out')
  })

  it('counts what the server rendered as an answer', () => {
    const { asked, pass, emit } = opened(ada)
    pass(4)
    emit('window', 'focus')
    expect(asked).toHaveLength(0)
    pass(1)
    emit('window', 'focus')
    expect(asked).toHaveLength(1)
  })

  it('asks nothing for a tab that is hidden', () => {
    const { asked, pass, emit, setVisible } = opened(ada)
    pass(60)
    setVisible(false)
    emit('document', 'visibilitychange')
    expect(asked).toHaveLength(0)
  })

  it('asks at once for a page out of the back/forward cache, and not for a page that was loaded', () => {
    const { asked, emit } = opened(ada)
    emit('window', 'pageshow', { persisted: false })
    expect(asked).toHaveLength(0)
    emit('window', 'pageshow', { persisted: true })
    expect(asked).toHaveLength(1)
  })

  it('asks nothing once no component is left, and again for the next one', () => {
    const { store, asked, close, pass, emit } = opened(ada)
    const closeOther = store.subscribe(() => undefined)
    close()
    pass(60)
    emit('window', 'focus')
    expect(asked).toHaveLength(1)
    closeOther()
    pass(60)
    emit('window', 'focus')
    emit('document', 'visibilitychange')
    emit('window', 'pageshow', { persisted: true })
    expect(asked).toHaveLength(1)
    store.subscribe(() => undefined)
    expect(asked).toHaveLength(2)
    pass(60)
    emit('window', 'focus')
    expect(asked).toHaveLength(3)
  })
})

describe('receive', () => {
  it('takes what the server rendered meanwhile, and it counts as an answer', () => {
    const { store, asked, pass, emit, changes } = opened(ada)
    pass(60)
    store.receive(gil)
    expect([store.view().session, changes()]).toEqual([gil, 1])
    emit('window', 'focus')
    expect(asked).toHaveLength(0)
  })

  it('is newer than what is on its way', async () => {
    const { store, answer } = opened(ada)
    void store.view().reload()
    store.receive(gil)
    await answer(ada)
    expect(store.view().session).toBe(gil)
  })

  it('knows nothing from undefined, and keeps waiting for what does', async () => {
    const { store, answer, status } = opened(ada)
    void store.view().reload()
    store.receive(undefined)
    expect(status()).toBe('signed-in')
    await answer(null)
    expect(status()).toBe('signed-out')
  })

  it('asks for a stale one', () => {
    const { store, asked } = opened(ada)
    store.receive({ ...ada, stale: true })
    expect(asked).toHaveLength(1)
  })
})
