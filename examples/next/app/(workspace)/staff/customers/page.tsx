import type { Organization } from '@scalegate/core/management'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { auth } from '@/lib/auth'
import { featureNames, features } from '@/lib/customers'
import { staffOrganization } from '@/lib/staff'
import { CustomerForm } from './customer-form'
import { SetUpForm } from './set-up-form'

export const metadata: Metadata = { title: 'Customers' }

/**
 * The back office: whoever administers the vendor's own organization may see and change every customer. It goes by the
 * organization of the session, never by an e-mail address. Nobody else gets as far as a question to Scalekit.
 */
export default async function CustomersPage({ searchParams }: { searchParams: Promise<{ page_token?: string }> }) {
  const own = staffOrganization()
  if (own === undefined) notFound()
  await auth.requireOrganization(own)
  await auth.requireRole('admin')
  const { page_token: pageToken } = await searchParams
  const { items, nextPageToken } = await auth.organizations
    .all()
    .list()
    .page({ pageSize: 20, ...(pageToken ? { pageToken: String(pageToken) } : {}) })
  return (
    <>
      <h1>Customers</h1>
      <p className="soft">
        Every organization that uses this app. You see them because you administer the one that makes it.
      </p>
      <SetUpForm />
      <ul className="card rows">
        {items.map((customer) => (
          <Row key={customer.id} customer={customer} isOwn={customer.id === own} />
        ))}
      </ul>
      {nextPageToken && (
        <p>
          <a className="button" href={`/staff/customers?page_token=${encodeURIComponent(nextPageToken)}`}>
            More customers
          </a>
        </p>
      )}
    </>
  )
}

function Row({ customer, isOwn }: { customer: Organization; isOwn: boolean }) {
  const { id, displayName: name = id, externalId, metadata: { plan = '' } = {}, settings } = customer
  const on = featureNames.filter((feature) => settings?.features.some((one) => one.name === feature && one.enabled))
  return (
    <li className="person">
      <span>
        <b>{name}</b> {isOwn && <span className="badge">your own</span>}{' '}
        <span className="soft">
          {externalId && <code>{externalId}</code>} {plan}
        </span>
      </span>{' '}
      <span>
        {on.map((feature) => [
          <span className="badge" key={feature}>
            {features[feature]}
          </span>,
          ' ',
        ])}
      </span>
      <CustomerForm id={id} customer={{ name, plan, features: on }} />
    </li>
  )
}
