import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endingName, namesOf, outdatingName } from './mark-names.js'
import type { RevocableSession, RevocationTarget } from './revocation-marks.js'

const session: RevocableSession = {
  id: 'id',
  sid: 'ses_1',
  sub: 'usr_1',
  organizationId: 'org_1',
  loggedInAt: 1,
  confirmedAt: 1,
}

describe('the names of marks', () => {
  it('all that can mean one session', () => {
    expect(namesOf(session)).toEqual({
      ending: ['session:id', 'sid:ses_1', 'sub:usr_1', 'member:5:org_1usr_1', 'organization:org_1'],
      outdating: ['outdated:sub:usr_1', 'outdated:member:5:org_1usr_1'],
    })
  })

  it('a session without id, sid or organization has fewer', () => {
    const bare = { ...session, id: undefined, sid: undefined, organizationId: undefined }
    expect(namesOf(bare)).toEqual({ ending: ['sub:usr_1'], outdating: ['outdated:sub:usr_1'] })
  })

  it('are made once for each session', () => {
    expect(namesOf(session)).toBe(namesOf(session))
  })

  it('a mark is found by the sessions that it means, and by no others, whatever is in the names', () => {
    // Texts that are likely to be confused with each other.
    const text = fc.string({
      unit: fc.constantFrom('a', '1', ':', ' ', '\u0000', '*', '{', 'é'),
      minLength: 1,
      maxLength: 4,
    })
    const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
      fc.record({ session: text }),
      fc.record({ sid: text }),
      fc.record({ sub: text }),
      fc.record({ sub: text, organization: text }),
      fc.record({ organization: text }),
    )
    const someSession = fc.record({ id: text, sid: text, sub: text, organizationId: text })
    fc.assert(
      fc.property(target, someSession, (marked, { id, sid, sub, organizationId }) => {
        const means = Object.entries(marked).every(
          ([name, value]) => ({ session: id, sid, sub, organization: organizationId })[name] === value,
        )
        const names = namesOf({ id, sid, sub, organizationId, loggedInAt: 1, confirmedAt: 1 }).ending
        expect(names.includes(endingName(marked))).toBe(means)
      }),
      { numRuns: 2000 },
    )
  })

  it('no two targets have one name', () => {
    const text = fc.string({ unit: fc.constantFrom('1', '2', ':', 'u'), minLength: 1, maxLength: 4 })
    const subject = fc.record({ sub: text, organization: text })
    fc.assert(
      fc.property(subject, subject, (one, other) => {
        const isSame = one.sub === other.sub && one.organization === other.organization
        expect(endingName(one) === endingName(other)).toBe(isSame)
        expect(outdatingName(one) === outdatingName(other)).toBe(isSame)
        expect(endingName(one)).not.toBe(outdatingName(other))
      }),
      { numRuns: 2000 },
    )
  })
})
