import { auditIds, audits } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'

/** A meaning that changes silently would make old results say something else. */
describe('the list of audits', () => {
  it('has ids of four characters, each used once and no other one', () => {
    const ids = audits.map(({ id }) => id)
    expect(ids.filter((id) => !/^[a-z0-9]{4}$/.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    expect([...ids].sort()).toEqual([...auditIds].sort())
  })

  it('says in the first word how much each weighs (RFC 2119), and on what it stands', () => {
    expect(audits.map(({ name }) => name).filter((name) => !/^(?:MUST|MUST NOT|SHOULD|MAY) [a-z]/.test(name))).toEqual(
      [],
    )
    expect(audits.filter(({ cites }) => cites === '')).toEqual([])
    expect(new Set(audits.map(({ name }) => name)).size).toBe(audits.length)
  })

  it('means what it meant', async () => {
    const lines = audits.map(({ id, name }) => `${id} ${name}`)
    await expect(`${[...lines].sort().join('\n')}\n`).toMatchFileSnapshot('../results/audits.txt')
  })
})
