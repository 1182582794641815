/** The permissions in an access token that the library beside has just received; none of the rivals reads them itself. */
export function permissionsOf(accessToken) {
  return JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString('utf8')).permissions ?? []
}
