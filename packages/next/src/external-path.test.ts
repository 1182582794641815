import { NextRequest } from 'next/server.js'
import { describe, expect, it } from 'vitest'
import { externalPath, routePath } from './external-path.js'

const request = (path: string, nextConfig: { basePath?: string; trailingSlash?: boolean } = {}) =>
  new NextRequest(`http://localhost:3000${path}`, { nextConfig })

describe('the path as the browser sees it', () => {
  it.each([
    ['of a plain app', '/members?page=2', {}, '/members?page=2', '/members?page=2'],
    ['under a base path', '/app/members', { basePath: '/app' }, '/app/members', '/app/members'],
    ['of the start page', '/', {}, '/', '/'],
    [
      'with trailing slashes',
      '/auth/callback/?code=1',
      { trailingSlash: true },
      '/auth/callback/?code=1',
      '/auth/callback?code=1',
    ],
    ['with both', '/app/auth/login/', { basePath: '/app', trailingSlash: true }, '/app/auth/login/', '/app/auth/login'],
  ])('%s', (_label, path, config, external, route) => {
    expect([externalPath(request(path, config)), routePath(request(path, config))]).toEqual([external, route])
  })
})
