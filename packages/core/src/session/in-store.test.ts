// The same tests once more, with every session in a store. Those of files that look into the cookie have their own in
// stored-session.test.ts.
import '../test/in-store.js'
import '../auth/session-model.test.js'
import '../context/bearer.test.js'
import '../routes/backchannel-logout.test.js'
import '../routes/callback.test.js'
import '../routes/initiate-login.test.js'
import '../routes/login.test.js'
import '../routes/switch-organization.test.js'
import './permissions-from-api.test.js'
