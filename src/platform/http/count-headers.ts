/**
 * How often a request has a header. Node merges repeated headers or keeps the first, so the raw list has to be counted.
 * @param wanted in lower case
 */
export function countHeaders(rawHeaders: readonly string[], wanted: string): number {
  let count = 0;
  for (let position = 0; position < rawHeaders.length; position += 2) {
    const name = rawHeaders[position] ?? '';
    if (name.length === wanted.length && name.toLowerCase() === wanted) count++;
  }
  return count;
}
