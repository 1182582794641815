import { describe, expect, it } from 'vitest'
import { filesBelow, importsOf, isPublished } from './sources.js'

const published = filesBelow('packages/testing/src', /\.ts$/).filter(({ path }) => isPublished(path))
const isAudit = (path: string) => path.startsWith('packages/testing/src/audits')

describe('the test kit', () => {
  it('runs wherever WebCrypto does: no Node, and of the kit only core', () => {
    const kit = published.filter(({ path }) => !isAudit(path))
    expect(kit.length).toBeGreaterThan(4)
    const allowed = /^(\.|jose$|@scalegate\/core(\/(testing|store))?$)/
    expect(kit.flatMap(importsOf).filter((name) => !allowed.test(name))).toEqual([])
  })

  it('the audits import nothing of the kit and no test runner: they judge from outside', () => {
    const audits = published.filter(({ path }) => isAudit(path))
    expect(audits.length).toBeGreaterThan(20)
    const allowed = /^(\.|node:|fast-check$|tough-cookie$)/
    expect(audits.flatMap(importsOf).filter((name) => !allowed.test(name))).toEqual([])
    expect(
      audits.flatMap(importsOf).filter((name) => /^\.\.\/\.\.\/(?:\.\.|index|signed|clock|test-|forge)/.test(name)),
    ).toEqual([])
  })
})
