import {
  type Connection,
  type ConnectionConfiguration,
  connectionProviders,
  connectionTypes,
} from '../state/connections.js'
import { type Desk, type Form, fieldOf, type Outcome, type Submission, unknownForm } from './desk.js'
import { connectionEvent } from './events.js'

/** The forms about single sign-on. */
export function submitSso(desk: Desk, { id, action, form }: Submission): Outcome {
  if (id === undefined) return action === 'add' ? add(desk, form) : unknownForm
  const { connections } = desk.environment.directory
  const connection = connections.of(desk.organizationId).find((one) => one.id === id)
  if (connection === undefined) return unknownForm
  if (action === 'configure') return configure(desk, connection, form)
  if (action === 'test') return test(desk, connection, form)
  if (action === 'enable' || action === 'disable') return toggle(desk, connection, action === 'enable')
  if (action !== 'delete') return unknownForm
  connections.remove(id)
  return {}
}

function add({ environment, organizationId }: Desk, form: Form): Outcome {
  const provider = connectionProviders.find((one) => one === fieldOf(form, 'provider'))
  const type = connectionTypes.find((one) => one === fieldOf(form, 'type'))
  if (provider === undefined || type === undefined) return { error: 'Choose a provider and a protocol.' }
  environment.directory.connections.add({ organizationId, provider, type })
  return {}
}

function configure({ environment }: Desk, connection: Connection, form: Form): Outcome {
  const configuration = connection.type === 'SAML' ? samlOf(form) : oidcOf(form, connection)
  if (typeof configuration === 'string') return { error: configuration }
  environment.directory.connections.configure(connection.id, configuration)
  return { notice: 'The configuration is saved. Test it before you enable it.' }
}

function oidcOf(form: Form, { configuration }: Connection): ConnectionConfiguration | string {
  const [issuer, clientId, clientSecret] = ['issuer', 'client_id', 'client_secret'].map((name) => fieldOf(form, name))
  if (!isAddress(issuer)) return 'The issuer must be an https address.'
  if (clientId === undefined || clientId === '') return 'A client id is needed.'
  // A field that was left empty keeps the secret of before.
  const hasClientSecret = clientSecret !== '' || configuration.hasClientSecret === true
  return hasClientSecret ? { issuer: issuer ?? '', clientId, hasClientSecret } : 'A client secret is needed.'
}

function samlOf(form: Form): ConnectionConfiguration | string {
  const metadataUrl = fieldOf(form, 'metadata_url')
  return isAddress(metadataUrl) ? { metadataUrl } : 'The metadata URL must be an https address.'
}

/** Nothing is asked over the network: the SSO simulator plays the identity provider, and the admin says how it answers. */
function test({ environment }: Desk, connection: Connection, form: Form): Outcome {
  if (connection.status === 'DRAFT') return { error: 'Save the configuration before you test it.' }
  if (fieldOf(form, 'answer') !== 'success')
    return { error: 'The test login failed: the identity provider refused it.' }
  environment.directory.connections.complete(connection.id)
  return { notice: 'The test login went through.' }
}

function toggle({ environment, tell }: Desk, { id }: Connection, enabled: boolean): Outcome {
  const { connections } = environment.directory
  const problem = connections.setEnabled(id, enabled)
  const connection = connections.find(id)
  if (problem !== undefined || connection === undefined)
    return { error: `${problem ?? 'There is no such connection'}.` }
  tell(connectionEvent(connection))
  return {}
}

function isAddress(text = ''): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
}
