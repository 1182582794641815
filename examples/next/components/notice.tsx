import type { ReactNode } from 'react'

/** A page that could not be shown, and a way on. */
export function Notice({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="hero">
      <h1>{title}</h1>
      <p>{text}</p>
      <p>{children}</p>
    </section>
  )
}
