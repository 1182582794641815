import * as z from 'zod/mini'
import type { ManagementErrorCode } from '../errors/error-codes.js'
import { ManagementError, type RejectedField } from '../errors/management-error.js'
import type { JsonAnswer } from '../http/fetch-json.js'
import { answerObject, lenient, list, text } from './answer.js'

const violation = answerObject({ field: text, description: text })
const detail = answerObject({
  errorCode: text,
  validationErrorInfo: lenient(answerObject({ fieldViolations: list(violation) })),
})
/** `{ code, message, details }` of gRPC's JSON (protocol.md §10.2); a gateway in front may answer with anything. */
const refusalBody = answerObject({ message: text, details: lenient(z.array(lenient(detail))) })

/** An answer that is no 2xx, as the error for the caller. */
export function refusalOf(answer: Extract<JsonAnswer, { kind: 'answer' }>): ManagementError {
  const { status, retryAfter } = answer
  const { message, details = [] } = refusalBody.safeParse(answer.body).data ?? {}
  const fields = details.flatMap((detail) => detail?.validationErrorInfo?.fieldViolations ?? [])
  return new ManagementError(codeOf(status), {
    providerStatus: status,
    retryAfter,
    // A word that ends in logs; whatever is no word stays out.
    errorCode: details.map((detail) => detail?.errorCode ?? '').find((code) => /^\w{1,64}$/.test(code)),
    fields: fields.slice(0, 50).map(readable),
    providerMessage: message?.slice(0, 1000),
    isRetryable: isPassing(status),
  })
}

/** 501 says that it will never be otherwise (RFC 9110 §15.6.2). */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501)
}

function codeOf(status: number): ManagementErrorCode {
  if (isPassing(status)) return 'management_unavailable'
  if (status === 401 || status === 403) return 'management_not_allowed'
  if (status === 404) return 'management_not_found'
  if (status === 409) return 'management_conflict'
  return status < 400 || status >= 500 ? 'management_answer_invalid' : 'management_rejected'
}

function readable({ field = '', description = '' }: Partial<RejectedField>): RejectedField {
  return {
    field: /^[a-z][a-z0-9_.[\]]{0,127}$/.test(field) ? field : '…',
    // Scalekit may quote the value: an address, or what looks like a token.
    description: description.replaceAll(/\S*@\S*|[\w.~+/=-]{20,}/g, '…').slice(0, 200),
  }
}
