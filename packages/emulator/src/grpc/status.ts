import type { Sdk } from './sdk.js'

/** google.rpc.Code, each with the HTTP status that gRPC-gateway gives it; of several with one status the usual is first. */
const codes = {
  OK: [0, 200],
  INVALID_ARGUMENT: [3, 400],
  UNAUTHENTICATED: [16, 401],
  PERMISSION_DENIED: [7, 403],
  NOT_FOUND: [5, 404],
  ALREADY_EXISTS: [6, 409],
  RESOURCE_EXHAUSTED: [8, 429],
  CANCELLED: [1, 499],
  INTERNAL: [13, 500],
  UNIMPLEMENTED: [12, 501],
  UNAVAILABLE: [14, 503],
  DEADLINE_EXCEEDED: [4, 504],
} as const

/** The name of a gRPC status code that the emulator itself gives. */
export type GrpcCode = keyof typeof codes

/** What a server says that cannot say more (google.rpc.Code UNKNOWN). */
const UNKNOWN = 2

/** How a call ended. */
export interface GrpcStatus {
  readonly code: number
  readonly message: string
  /** `scalekit.v1.errdetails.ErrorInfo` messages, encoded. */
  readonly details: readonly Uint8Array[]
}

export const ok: GrpcStatus = { code: codes.OK[0], message: '', details: [] }

/** A call that ends before REST is asked. */
export class GrpcError extends Error {
  readonly code: GrpcCode

  constructor(code: GrpcCode, message: string) {
    super(message)
    this.name = 'GrpcError'
    this.code = code
  }
}

export function statusNamed(code: GrpcCode, message: string): GrpcStatus {
  return { code: codes[code][0], message, details: [] }
}

export function httpStatusOf(code: GrpcCode): number {
  return codes[code][1]
}

/** The status that an error of REST means: `{ code, message, details }`, or whatever else was answered. */
export function statusOf(sdk: Sdk, httpStatus: number, body: unknown): GrpcStatus {
  const { code, message, details } = isObject(body) ? body : {}
  const [byStatus] = Object.values(codes).find(([, status]) => status === httpStatus) ?? [UNKNOWN]
  return {
    code: typeof code === 'number' ? code : byStatus,
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
