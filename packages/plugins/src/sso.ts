/**
 * Home-realm discovery before anybody is redirected: does this address belong to an organization with single sign-on?
 *
 * @packageDocumentation
 */
export { type Discovery, type LoginSelectors, type SsoApi, type SsoOptions, sso } from './sso/sso.js'
