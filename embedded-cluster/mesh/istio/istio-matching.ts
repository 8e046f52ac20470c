/** Which requests a match of a VirtualService means. Source: HTTPMatchRequest in Istio's reference. */
import type { HttpMatch, StringMatch } from '../objects.ts';
import { fits, parsePath, type RoutedRequest } from '../routing.ts';

/** Any of the matches is enough; none at all is a match of everything. */
export function matchesAny(
  matches: readonly HttpMatch[] | undefined,
  request: RoutedRequest,
  port: number,
): boolean {
  return !matches?.length || matches.some((match) => matchesAll(match, request, port));
}

/** Of the source of a request nothing is known here, so that what asks for it is never met. */
function matchesAll(match: HttpMatch, request: RoutedRequest, port: number): boolean {
  const { path, query } = parsePath(request.path);
  const folded = (text: string): string => (match.ignoreUriCase ? text.toLowerCase() : text);
  const header = (name: string): string | undefined => request.headers[name.toLowerCase()];
  return (
    match.sourceLabels === undefined &&
    match.sourceNamespace === undefined &&
    (match.gateways?.includes('mesh') ?? true) &&
    (match.port ?? port) === port &&
    means(match.uri, folded(path), folded) &&
    means(match.method, request.method) &&
    means(match.authority, header('host')) &&
    Object.entries(match.headers ?? {}).every(([name, text]) => means(text, header(name))) &&
    Object.entries(match.withoutHeaders ?? {}).every(
      ([name, text]) => !means(text, header(name)),
    ) &&
    Object.entries(match.queryParams ?? {}).every(([name, text]) =>
      means(text, query.get(name) ?? undefined),
    )
  );
}

function means(
  match: StringMatch | undefined,
  text: string | undefined,
  folded: (text: string) => string = (same) => same,
): boolean {
  if (match === undefined) return true;
  if (text === undefined) return false;
  if (match.exact !== undefined) return text === folded(match.exact);
  if (match.prefix !== undefined) return text.startsWith(folded(match.prefix));
  if (match.regex !== undefined) return fits(match.regex, text);
  return true;
}
