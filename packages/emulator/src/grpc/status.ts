import { codes, type RestCode } from '../rest/errors.js'
import type { Sdk } from './sdk.js'

/** How a call ended. */
export interface GrpcStatus {
  readonly code: number
  readonly message: string
  /** `scalekit.v1.errdetails.ErrorInfo` messages, encoded. */
  readonly details: readonly Uint8Array[]
}

export const ok: GrpcStatus = { code: 0, message: '', details: [] }

/** A call that ends before REST is asked. */
export class GrpcError extends Error {
  readonly code: RestCode

  constructor(code: RestCode, message: string) {
    super(message)
    this.name = 'GrpcError'
    this.code = code
  }
}

export function statusNamed(code: RestCode, message: string): GrpcStatus {
  return { code: codes[code].code, message, details: [] }
}

export function httpStatusOf(code: RestCode): number {
  return codes[code].status
}

/** The status that an error of REST means: `{ code, message, details }`, or whatever else was answered. */
export function statusOf(sdk: Sdk, httpStatus: number, body: unknown): GrpcStatus {
  const { code, message, details } = isObject(body) ? body : {}
  const byStatus = Object.values(codes).find(({ status }) => status === httpStatus) ?? codes.UNKNOWN
  return {
    code: typeof code === 'number' ? code : byStatus.code,
    message: typeof message === 'string' ? message : `HTTP ${httpStatus}`,
    details: Array.isArray(details) ? details.filter(isObject).map((detail) => encodeDetail(sdk, detail)) : [],
  }
}

function encodeDetail({ protobuf, errorInfo }: Sdk, detail: Record<string, unknown>): Uint8Array {
  // `@type` belongs to Any; here it is one more field that the schema does not know.
  const message = protobuf.fromJson(errorInfo, detail as Parameters<Sdk['protobuf']['fromJson']>[1], {
    ignoreUnknownFields: true,
  })
  return protobuf.toBinary(errorInfo, message)
}

/** The trailers that end a call. */
export function trailersOf(sdk: Sdk | undefined, status: GrpcStatus): Record<string, string> {
  const trailers = { 'grpc-status': String(status.code), 'grpc-message': encodeURIComponent(status.message) }
  if (sdk === undefined || status.details.length === 0) return trailers
  return { ...trailers, 'grpc-status-details-bin': Buffer.from(encodeStatus(sdk, status)).toString('base64') }
}

/** google.rpc.Status, whose details are google.protobuf.Any: three fields and two, for which no schema is at hand. */
function encodeStatus({ protobuf, errorInfo }: Sdk, { code, message, details }: GrpcStatus): Uint8Array {
  const writer = new protobuf.BinaryWriter().tag(1, 0).int32(code).tag(2, 2).string(message)
  for (const detail of details) {
    writer.tag(3, 2).fork()
    writer.tag(1, 2).string(`type.googleapis.com/${errorInfo.typeName}`).tag(2, 2).bytes(detail)
    writer.join()
  }
  return writer.finish()
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
