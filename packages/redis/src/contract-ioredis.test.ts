import { contractWith } from './test/contract.js'

contractWith(/^ioredis/)
