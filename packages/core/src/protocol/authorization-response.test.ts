import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAuthorizationResponse, readState } from './authorization-response.js'
import { issuer } from './test/test-issuer.js'

const optional = { issuer, issRequired: false }
const required = { issuer, issRequired: true }

const read = (query: string, expected = optional) => readAuthorizationResponse(new URLSearchParams(query), expected)

/** The answer, or the error without what a stack trace would add. */
function outcome(task: () => unknown): unknown {
  try {
    return task()
  } catch (error) {
    const { name, code, status } = error as Record<string, unknown>
    return { name, code, status }
  }
}

const refused = (code: string) => ({ name: 'LoginError', code, status: 400 })

describe('readState', () => {
  it('gives the state', () => {
    expect(readState(new URLSearchParams('state=abc&code=x'))).toBe('abc')
  })

  it.each([
    ['state_missing', 'code=x'],
    ['state_missing', 'code=x&state='],
    ['state_missing', 'code=x&state[]=abc'],
    ['request_invalid', 'state=abc&state=abc'],
    ['request_invalid', 'state=abc&state=def'],
  ])('SEC-045 SEC-064 refuses with %s: %s', (code, query) => {
    expect(outcome(() => readState(new URLSearchParams(query)))).toEqual(refused(code))
    expect(outcome(() => read(query))).toEqual(refused(code))
  })
})

describe('readAuthorizationResponse', () => {
  it('gives the code', () => {
    expect(read('state=s&code=c')).toEqual({ state: 's', code: 'c' })
    expect(read(`state=s&code=${'c'.repeat(4096)}`)).toEqual({ state: 's', code: 'c'.repeat(4096) })
  })

  it.each([
    ['missing', ''],
    ['empty', '&code='],
    ['an array', '&code[]=c'],
    ['100 KB', `&code=${'c'.repeat(100_000)}`],
    ['with NUL', '&code=c%00'],
    ['with a line break', '&code=c%0d%0aHost:%20evil'],
    ['with a line break at the end', '&code=c%0a'],
    ['outside ASCII', '&code=%C3%A9'],
  ])('SEC-052 refuses a code that is %s', (_label, code) => {
    expect(outcome(() => read(`state=s${code}`))).toEqual(refused('code_missing'))
  })

  it.each(['state=s&code=c&error=access_denied', 'state=s&error=access_denied&code=c', 'state=s&error=access_denied'])(
    'SEC-053 takes %s for an error',
    (query) => {
      expect(read(query)).toEqual({ state: 's', error: 'access_denied', providerError: 'access_denied' })
    },
  )

  it('SEC-053 takes an empty error beside a code for an error', () => {
    expect(read('state=s&code=c&error=')).toEqual({ state: 's', error: 'idp_error', providerError: undefined })
  })

  it.each(['code=c', 'error=access_denied'])('SEC-056 refuses the answer of another issuer: %s', (rest) => {
    expect(outcome(() => read(`state=s&${rest}&iss=https://evil.example`))).toEqual(refused('issuer_mismatch'))
    expect(outcome(() => read(`state=s&${rest}&iss=https://evil.example`, required))).toEqual(
      refused('issuer_mismatch'),
    )
  })

  it.each(['code=c', 'error=access_denied'])('SEC-057 refuses an answer without the promised iss: %s', (rest) => {
    expect(outcome(() => read(`state=s&${rest}`, required))).toEqual(refused('issuer_mismatch'))
  })

  it('SEC-058 accepts our own iss, promised or not', () => {
    expect(read(`state=s&code=c&iss=${issuer}`)).toEqual({ state: 's', code: 'c' })
    expect(read(`state=s&code=c&iss=${issuer}`, required)).toEqual({ state: 's', code: 'c' })
  })

  it.each([
    `${issuer}/`,
    issuer.toUpperCase(),
    `${issuer}:443`,
    ` ${issuer}`,
    `${issuer}%20`,
    'HTTPS://auth.example',
    '',
  ])('SEC-059 refuses iss=%s', (iss) => {
    expect(outcome(() => read(`state=s&code=c&iss=${iss}`))).toEqual(refused('issuer_mismatch'))
  })

  it('SEC-060 repeats nothing of an unknown error', () => {
    const answer = read(
      'state=s&error=<script>alert(1)</script>&error_description="><img src=x>&error_uri=https://evil.example',
    )
    expect(answer).toEqual({ state: 's', error: 'idp_error', providerError: undefined })
  })

  it.each(['code=c&code=c', 'code=c&code=d', 'code=c&iss=a&iss=a', 'error=a&error=a', 'code=c&error=a&error=b'])(
    'SEC-064 refuses duplicates: %s',
    (rest) => {
      expect(outcome(() => read(`state=s&${rest}`))).toEqual(refused('request_invalid'))
    },
  )

  it('answers any query with a code, an error of the table, or a LoginError', () => {
    const name = fc.constantFrom('state', 'code', 'error', 'iss', 'error_description', 'code[]', 'x')
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', issuer, 'access_denied', 'c'))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.boolean(), (pairs, issRequired) => {
        const query = new URLSearchParams(pairs)
        const result = outcome(() => readAuthorizationResponse(query, { issuer, issRequired })) as Record<
          string,
          unknown
        >
        if ('name' in result) {
          expect(result.name).toBe('LoginError')
          return
        }
        expect(result.state).toBe(query.get('state'))
        expect('code' in result).toBe(!query.has('error'))
        expect(query.get('iss') ?? issuer).toBe(issuer)
      }),
      { numRuns: 1000 },
    )
  })
})
