import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DescMessage, DescMethod, DescService } from '@bufbuild/protobuf'
import { type HttpRule, httpRulesOf } from './http-rule.js'

/** What is used of @bufbuild/protobuf: the very copy that the SDK's descriptors were made by. */
export type Protobuf = Pick<
  typeof import('@bufbuild/protobuf'),
  'create' | 'fromBinary' | 'toBinary' | 'fromJson' | 'toJson'
> &
  Pick<typeof import('@bufbuild/protobuf/wire'), 'BinaryReader' | 'BinaryWriter'>

/** One method that the SDK may call. */
export interface Method {
  readonly descriptor: DescMethod
  /** How REST offers it; the first one that the request has values for is taken. */
  readonly rules: readonly HttpRule[]
}

/** Scalekit's gRPC interface, as the installed SDK describes it. */
export interface Sdk {
  readonly protobuf: Protobuf
  /** By path: `/scalekit.v1.organizations.OrganizationService/GetOrganization`. */
  readonly methods: ReadonlyMap<string, Method>
  /** `scalekit.v1.errdetails.ErrorInfo`, which the details of an error are. */
  readonly errorInfo: DescMessage
}

const NAME = '@scalekit-sdk/node'

/** The SDK that is installed beside the emulator or in the app that runs it; undefined where there is none. */
export function loadSdk(): Sdk | undefined {
  const main = resolveSdk()
  return main === undefined ? undefined : readSdk(main)
}

function resolveSdk(): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json'))]) {
    try {
      return createRequire(from).resolve(NAME)
    } catch {
      // Not installed there.
    }
  }
  return undefined
}

function readSdk(main: string): Sdk {
  const require = createRequire(main)
  const protobuf: Protobuf = { ...require('@bufbuild/protobuf'), ...require('@bufbuild/protobuf/wire') }
  const root = join(dirname(main), 'pkg', 'grpc', 'scalekit', 'v1')
  const generated = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('_pb.js'))
  const services = generated.flatMap((file) => Object.values<unknown>(require(join(root, file))).filter(isService))
  return {
    protobuf,
    methods: new Map(services.flatMap((service) => methodsOf(protobuf, service))),
    errorInfo: require(join(root, 'errdetails', 'errdetails_pb.js')).ErrorInfoSchema as DescMessage,
  }
}

function methodsOf(protobuf: Protobuf, service: DescService): readonly (readonly [string, Method])[] {
  const own = new Map(service.methods.map((method) => [method, httpRulesOf(protobuf, method)]))
  return service.methods.map((descriptor) => {
    // getOrganization by external id is one call of gRPC and two of REST, whose second has a method of its own.
    const twins = service.methods.filter((other) => other !== descriptor && isTwin(other, descriptor))
    const rules = [descriptor, ...twins].flatMap((method) => own.get(method) ?? [])
    return [`/${service.typeName}/${descriptor.name}`, { descriptor, rules }] as const
  })
}

/** The same question and answer under a longer name. */
function isTwin(other: DescMethod, method: DescMethod): boolean {
  return other.name.startsWith(`${method.name}By`) && other.input === method.input && other.output === method.output
}

function isService(value: unknown): value is DescService {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'service'
}
