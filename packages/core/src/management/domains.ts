import { answerObject, type Decoder, id, list, nothing, text, wrapped } from './answer.js'
import { createListing, type Listing, type ListOptions, pageQuery } from './listing.js'
import { path } from './path.js'
import { requestBody } from './request-body.js'
import type { CallOptions, Transport } from './transport.js'

/** `ORGANIZATION_DOMAIN` routes to single sign-on; `ALLOWED_EMAIL_DOMAIN` offers the organization at sign-in. */
export type DomainType = 'ORGANIZATION_DOMAIN' | 'ALLOWED_EMAIL_DOMAIN'

/** A domain of an organization. */
export interface Domain {
  readonly id: string
  readonly domain?: string
  readonly domainType?: DomainType | (string & {})
  readonly organizationId?: string
  readonly environmentId?: string
  readonly verificationStatus?: 'PENDING' | 'VERIFIED' | 'FAILED' | 'AUTO_VERIFIED' | (string & {})
  readonly verificationMethod?: 'ADMIN' | 'DNS' | 'NOT_APPLICABLE' | (string & {})
  readonly createTime?: string
  readonly updateTime?: string
}

/** Which domain. */
export interface DomainKey {
  readonly organizationId: string
  readonly domainId: string
}

/** The domains of organizations. */
export interface Domains {
  /** Pages are numbered here: their tokens are numbers from 0, and there is no total. */
  list(
    where: { readonly organizationId: string; readonly domainType?: DomainType },
    options?: ListOptions,
  ): Listing<Domain>
  /** Verified at once, because the app says so. Public mail domains are refused. */
  create(
    where: { readonly organizationId: string },
    domain: { readonly domain: string; readonly domainType?: DomainType },
    options?: CallOptions,
  ): Promise<Domain>
  get(domain: DomainKey, options?: CallOptions): Promise<Domain>
  delete(domain: DomainKey, options?: CallOptions): Promise<void>
}

export const domain: Decoder<Domain> = answerObject({
  id,
  domain: text,
  domainType: text,
  organizationId: text,
  environmentId: text,
  verificationStatus: text,
  verificationMethod: text,
  createTime: text,
  updateTime: text,
})
const wrappedDomain = wrapped('domain', domain)

export function createDomains(call: Transport): Domains {
  const place = ({ organizationId, domainId }: DomainKey) =>
    path`/organizations/${{ organizationId }}/domains/${{ domainId }}`
  return {
    list: ({ organizationId, domainType }, options = {}) =>
      createListing(100, options, async ({ pageSize = 30, pageToken = '0', ...at }) => {
        const { page_size } = pageQuery({ pageSize })
        const items = await call(
          {
            method: 'GET',
            path: path`/organizations/${{ organizationId }}/domains`,
            query: { page_size, page_number: pageToken, domain_type: domainType },
            answer: wrapped('domains', list(domain)),
          },
          at,
        )
        const number = Number(pageToken)
        return {
          items,
          ...(items.length < pageSize ? {} : { nextPageToken: String(number + 1) }),
          ...(number > 0 ? { previousPageToken: String(number - 1) } : {}),
        }
      }),
    create: async ({ organizationId }, input, options) =>
      call(
        {
          method: 'POST',
          path: path`/organizations/${{ organizationId }}/domains`,
          body: requestBody({ domain: 'value', domainType: 'value' }, input),
          answer: wrappedDomain,
        },
        options,
      ),
    get: async (key, options) => call({ method: 'GET', path: place(key), answer: wrappedDomain }, options),
    delete: async (key, options) => call({ method: 'DELETE', path: place(key), answer: nothing }, options),
  }
}
