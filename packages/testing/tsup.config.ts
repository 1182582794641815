import { packageConfig } from '../../tsup.base.js'

export default packageConfig({ entry: { index: 'src/index.ts', audits: 'src/audits.ts', store: 'src/store.ts' } })
