'use client'

import { Frame } from '@/components/frame'
import { Notice } from '@/components/notice'

/** A production build tells the browser nothing of an error, so this page says what is true of all of them. */
export default function ErrorPage() {
  return (
    <Frame>
      <title>Something went wrong · Plainboard</title>
      <Notice title="Something went wrong." text="That was our fault. Please try again in a moment.">
        {/* A new request, because the error was the server's. */}
        <button className="primary" type="button" onClick={() => location.reload()}>
          Try again
        </button>
      </Notice>
    </Frame>
  )
}
