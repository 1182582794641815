import type { SessionPolicy } from '@scalegate/core/management'

/** Scalekit answers in minutes, so that is what the form speaks. */
export function PolicyForm({ policy, returnTo }: { policy: SessionPolicy; returnTo: string }) {
  const isOwn = policy.policySource === 'CUSTOM'
  const { absoluteSessionTimeout = 1440, idleSessionTimeout = 120, idleSessionTimeoutEnabled = false } = policy
  return (
    <form className="card fields" method="post" action="/auth/session-policy">
      <h2>Session policy</h2>
      <input type="hidden" name="return_to" value={returnTo} />
      <fieldset>
        <legend>How long people stay signed in</legend>
        <label>
          <input type="radio" name="policy_source" value="APPLICATION" defaultChecked={!isOwn} /> As in every
          organization
        </label>
        <label>
          <input type="radio" name="policy_source" value="CUSTOM" defaultChecked={isOwn} /> As set here
        </label>
      </fieldset>
      <div className="columns">
        <label>
          Minutes at the most{' '}
          <input type="number" name="absolute_session_timeout" defaultValue={absoluteSessionTimeout} min={6} required />
        </label>
        <label>
          Ends when nothing is done{' '}
          <select name="idle_session_timeout_enabled" defaultValue={String(idleSessionTimeoutEnabled)}>
            <option value="false">no</option>
            <option value="true">yes, after</option>
          </select>
        </label>
        <label>
          Minutes without activity{' '}
          <input type="number" name="idle_session_timeout" defaultValue={idleSessionTimeout} min={6} />
        </label>
      </div>
      <p>
        <button type="submit" className="primary">
          Save
        </button>
      </p>
    </form>
  )
}
