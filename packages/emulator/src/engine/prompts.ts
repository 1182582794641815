import { interactionPolicy } from 'oidc-provider'

/** One prompt does it all: `select` has already decided whether a page is needed. */
export function policy(): interactionPolicy.DefaultPolicy {
  const { Prompt, base } = interactionPolicy
  const prompts = base()
  const login = prompts.get('login')
  const checks = login?.checks.filter((check) => check.reason === 'no_session') ?? []
  login?.checks.clear()
  for (const check of checks) login?.checks.add(check)
  prompts.remove('consent')
  for (const name of ['create', 'select_account', 'consent']) {
    const prompt = new Prompt({ name, requestable: true })
    prompt.checks.clear()
    prompts.add(prompt)
  }
  return prompts
}
