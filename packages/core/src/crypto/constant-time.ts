/**
 * True for equal strings, in a time that depends on the length of `a` alone: how far two secrets agree
 * cannot be measured. Lengths are not secret.
 */
export function equalsConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  // Past the end of `b` charCodeAt is NaN, which counts as 0; the lengths have already told the difference.
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}
