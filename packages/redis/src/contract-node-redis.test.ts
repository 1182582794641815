import { contractWith } from './test/contract.js'

contractWith(/^node-redis/)
