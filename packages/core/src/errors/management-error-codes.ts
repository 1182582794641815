import type { ErrorEntry } from './error-entry.js'

/** Codes of the management client. `status` is what the app would answer with, not what Scalekit answered. */
export const managementErrorCodes = {
  management_request_invalid: {
    family: 'management',
    status: 400,
    title: 'A call to the management API was refused before it was sent.',
    advice: 'The message names the argument.',
  },
  management_rejected: {
    family: 'management',
    status: 400,
    title: 'Scalekit did not accept the values of a call.',
    advice: '`error.fields` and `error.errorCode` say which, and why.',
  },
  management_not_allowed: {
    family: 'management',
    status: 500,
    title: 'Scalekit does not let this client make the call.',
    advice: 'Check client id and secret, and "Allow Scalekit Management API access" of the client in the dashboard.',
  },
  management_not_found: {
    family: 'management',
    status: 404,
    title: 'Scalekit does not know what a call is about.',
    advice: 'Check the ids, and that they belong to this environment.',
  },
  management_conflict: {
    family: 'management',
    status: 409,
    title: 'What a call would make exists already, or changed meanwhile.',
    advice: 'Read it, and decide again. `error.errorCode` says more.',
  },
  management_unavailable: {
    family: 'management',
    status: 503,
    title: 'The management API did not answer, or asks to be left alone for a while.',
    advice: 'Try again later if `error.isRetryable`; after `error.retryAfter` seconds where it is set.',
  },
  management_answer_invalid: {
    family: 'management',
    status: 502,
    title: 'The answer of the management API is not what its description promises.',
    advice: 'Check that the environment URL is that of Scalekit, and nothing in between answers instead.',
  },
} as const satisfies Record<string, ErrorEntry>
