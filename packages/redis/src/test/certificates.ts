import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = 'openssl'

/** CI skips nothing: there it is an error if there is none. */
export function hasOpenssl(): boolean {
  const isThere = spawnSync(program, ['version']).status === 0
  if (!isThere && process.env.CI) throw new Error('There is no openssl. `apt-get install openssl` brings it.')
  if (!isThere) console.warn('\n  SKIPPED: there is no openssl here, so nothing is tested over TLS.\n')
  return isThere
}

/** A certificate for loopback that nobody else trusts, for an hour of tests. */
export interface Certificate {
  /** PEM: what a client has to trust. */
  readonly ca: string
  readonly files: { readonly certificate: string; readonly key: string }
  readonly remove: () => void
}

export function makeCertificate(): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'))
  const files = { certificate: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=loopback',
  ]
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync(program, ['req', '-x509', ...made, ...names, '-keyout', files.key, '-out', files.certificate], {
    stdio: 'pipe',
  })
  return {
    ca: readFileSync(files.certificate, 'utf8'),
    files,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
