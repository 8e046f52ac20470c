/** Is the cluster there, well, and of a version that releases are tried on? */
import { foreignText } from '../../core/base/foreign-text.ts';
import { jsonOf } from '../../core/base/json.ts';
import type { LogEvent } from '../../core/report/log/log-events.ts';
import { messageOf, StageFailure } from '../../effects/base/failure.ts';
import type { Kube } from '../../effects/kube/client.ts';

const OLDEST_MINOR = 28;
/** `ok`, `v1.35.2`: whatever is longer comes from somebody else. */
const MOST_CHARACTERS = 60;

/** What the cluster says of itself; throws where it cannot be relied on. */
export async function checkCluster(kube: Kube): Promise<LogEvent> {
  const [ready, version] = await Promise.all([
    kube.text('/readyz').catch((thrown: unknown) => {
      throw new StageFailure(
        3,
        `the cluster is not ready: ${messageOf(thrown)}`,
        'ask `kubectl get --raw /readyz?verbose` what is wrong, and begin again when it is well',
      );
    }),
    kube.text('/version'),
  ]);
  const { gitVersion = 'unknown', minor = '0' } = Object(jsonOf(version)); // version.Info
  const old = Number.parseInt(String(minor), 10) < OLDEST_MINOR;
  return {
    event: 'check',
    check: 'cluster',
    ready: foreignText(ready, MOST_CHARACTERS),
    version: foreignText(String(gitVersion), MOST_CHARACTERS),
    'older-than': old ? `1.${OLDEST_MINOR}` : undefined,
  };
}
