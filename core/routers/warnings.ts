/** What a router says of requests that a release moves otherwise than by weight. */

export interface RouteWarning {
  readonly check: 'routes-follow' | 'mesh-clients';
  readonly message: string;
  readonly advice: string;
}

/** `what`: routes and rules that lead to the service, and get no share of the weights. */
export function followLater(service: string, what: readonly string[]): RouteWarning[] {
  if (what.length === 0) return [];
  return [
    {
      check: 'routes-follow',
      message: `${what.join(', ')} lead to service ${service} too and are not weighted: they follow with the last step`,
      advice:
        'their clients meet the candidate all at once: name these routes and rules in traffic as well, or none',
    },
  ];
}
