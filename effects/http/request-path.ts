/** A path as it stands in a request: what a URL writes otherwise is escaped, where Node would throw. */
export function requestPath(path: string): string {
  const { pathname, search } = new URL(`http://pod${path.startsWith('/') ? '' : '/'}${path}`);
  return pathname + search;
}
