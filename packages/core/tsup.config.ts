import { packageConfig } from '../../tsup.base.js'

export default packageConfig({
  entry: {
    index: 'src/index.ts',
    diagnostics: 'src/diagnostics.ts',
    permissions: 'src/permissions.ts',
    plugin: 'src/plugin.ts',
    management: 'src/management.ts',
    store: 'src/store.ts',
    testing: 'src/testing.ts',
  },
})
