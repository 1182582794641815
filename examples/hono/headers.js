/** Everything from this app alone. Pages of the kit bring a stricter policy of their own, which is not to be replaced. */
export const headers = {
  overwrite: false,
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
    objectSrc: ["'none'"],
    scriptSrcAttr: ["'none'"],
  },
}

/** The same, and one more origin that may be shown in a frame. */
export function headersWithFrame(source) {
  return { ...headers, contentSecurityPolicy: { ...headers.contentSecurityPolicy, frameSrc: [source] } }
}
