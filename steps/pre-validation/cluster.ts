/** Is the cluster there, well, and of a version that releases are tried on? */
import { foreignText } from '../../core/base/foreign-text.ts';
import { jsonOf } from '../../core/base/json.ts';
import { messageOf, StageFailure } from '../../effects/base/failure.ts';
import type { Kube } from '../../effects/kube/client.ts';

const OLDEST_MINOR = 28;
/** `ok`, `v1.35.2`: whatever is longer comes from somebody else. */
const MOST_CHARACTERS = 60;

/** A few words about the cluster; throws where it cannot be relied on. */
export async function checkCluster(kube: Kube): Promise<string> {
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
  const shown = foreignText(String(gitVersion), MOST_CHARACTERS);
  return `ready=${foreignText(ready, MOST_CHARACTERS)} version=${shown}${old ? ` older-than=1.${OLDEST_MINOR}` : ''}`;
}
