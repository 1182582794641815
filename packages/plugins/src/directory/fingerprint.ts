/** Text that is another one for other values, 22 characters. */
export async function fingerprintOf(values: Readonly<Record<string, unknown>>): Promise<string> {
  const sorted = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(sorted)))
  const text = btoa(String.fromCharCode(...new Uint8Array(digest, 0, 16)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
