import type { Metadata } from 'next'
import { Frame } from '@/components/frame'

export const metadata: Metadata = { title: { absolute: 'Log in · Plainboard' } }

/** Asks who it is first: people whose company has single sign-on are led to it, everybody else to the other ways. */
export default function LoginPage() {
  return (
    <Frame>
      <section className="hero">
        <h1>Log in</h1>
        <p>With your work address we find the login of your company.</p>
        <form className="card inline" method="post" action="/auth/sso">
          <input type="hidden" name="return_to" value="/projects" />
          <label htmlFor="email">E-mail address</label>
          <input id="email" name="email" type="email" required maxLength={254} autoComplete="username" />
          <button type="submit" className="primary">
            Continue
          </button>
        </form>
        <p>
          {/* The login leaves the app, so it is a plain link and not a `Link`. */}
          <a href="/auth/login?return_to=/projects">Other ways to log in</a>
        </p>
      </section>
    </Frame>
  )
}
