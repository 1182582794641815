import type { Outcome } from '@/lib/customers'

/** Says what became of a form. The link is the text of a field and no link: whoever follows it has used it up. */
export function OutcomeOf({ outcome }: { outcome: Outcome }) {
  if (outcome === undefined) return null
  if ('problem' in outcome)
    return (
      <p className="news" role="status">
        {outcome.problem}
      </p>
    )
  return (
    <div className="news" role="status">
      <div className="columns">
        <label>
          Link into the admin portal of {outcome.to} <input readOnly value={outcome.portalLink} />
        </label>
      </div>
      <p className="soft">
        Send it to the customer's administrator now: it opens once, within a minute, and is not shown again.
      </p>
    </div>
  )
}
