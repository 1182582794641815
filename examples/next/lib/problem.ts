/** An error of the JSON API (RFC 9457). */
export function problem(status: number, title: string): Response {
  return Response.json({ status, title }, { status, headers: { 'content-type': 'application/problem+json' } })
}
