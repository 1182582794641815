import { packageConfig } from '../../tsup.base.js'

/** Each file at the top is a subpath. */
export default packageConfig({ entry: ['src/*.ts'] })
