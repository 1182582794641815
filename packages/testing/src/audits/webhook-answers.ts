import { problemCode } from './answers.js'
import { mustBe, mustHold, mustMatch } from './check.js'
import type { Answer } from './http/exchange.js'

/** Taken, or refused: either way nothing for a browser, a cache or another site. */
function mustBeQuiet({ headers, text }: Answer): void {
  mustMatch('Cache-Control', headers.get('cache-control'), /no-store/)
  mustBeNoOnes({ headers })
  mustHold('nothing is repeated', !/canary|whsec_|v1,/.test(text), text)
}

/** Nothing in it is for a browser. */
export function mustBeNoOnes({ headers }: Pick<Answer, 'headers'>): void {
  mustBe('Location and cookies', [headers.get('location'), headers.getSetCookie()], [null, []])
  mustBe(
    'CORS',
    [...headers.keys()].filter((name) => name.startsWith('access-control')),
    [],
  )
}

export function mustBeTaken(answer: Answer): void {
  mustHold('a success', answer.status >= 200 && answer.status < 300, answer.status)
  mustBeQuiet(answer)
}

export function mustBeRefused(answer: Answer, status = 400): void {
  mustBe('status', answer.status, status)
  mustMatch('code', problemCode(answer), /^[a-z_]+$/)
  mustBeQuiet(answer)
}
