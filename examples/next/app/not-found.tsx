import type { Metadata } from 'next'
import Link from 'next/link'
import { Frame } from '@/components/frame'
import { Notice } from '@/components/notice'

export const metadata: Metadata = { title: 'Page not found' }

export default function NotFound() {
  return (
    <Frame>
      <Notice title="Page not found" text="There is nothing at this address.">
        <Link className="button primary" href="/">
          Go to the start page
        </Link>
      </Notice>
    </Frame>
  )
}
