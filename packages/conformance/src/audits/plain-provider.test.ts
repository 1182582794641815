import { conform } from '../conform.js'
import { express5 } from '../harnesses/express.js'
import { plainProvider } from '../providers/plain-provider.js'

conform({ id: 'plain-provider', title: 'Express 5, plain oidc-provider', harness: express5, provider: plainProvider })
