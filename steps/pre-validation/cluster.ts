/** Is the cluster there, well, and of a version that releases are tried on? */
import { messageOf, StageFailure } from '../../effects/failure.ts';
import type { Kube } from '../../effects/kube/client.ts';

const OLDEST_MINOR = 28;

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
  const { gitVersion = 'unknown', minor = '0' } = JSON.parse(version) as Record<string, string>; // version.Info
  const old = Number.parseInt(minor, 10) < OLDEST_MINOR;
  return `ready=${ready.trim()} version=${gitVersion}${old ? ` older-than=1.${OLDEST_MINOR}` : ''}`;
}
