/** Keeps the files of a mounted volume good: tokens are written anew before they end. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Running } from '../../kubernetes/world.ts';
import type { VolumeContents, VolumeFile } from '../volumes/contents.ts';

export function renewFiles(clock: Clock, folder: string, contents: VolumeContents): Running {
  let stopped = false;
  const timers = new Map<string, { cancel(): void }>();
  const schedule = ({ path, renewal }: VolumeFile): void => {
    if (!renewal || stopped) return;
    const again = (): void => {
      const next = renewal.renew();
      if (!next) return;
      write(folder, next);
      schedule(next);
    };
    timers.set(path, clock.after(renewal.afterMs, again));
  };
  for (const file of contents.type === 'files' ? contents.files : []) schedule(file);
  return {
    stop: () => {
      stopped = true;
      for (const timer of timers.values()) timer.cancel();
    },
  };
}

/** Whoever reads it meanwhile finds the old one or the new one, and never half of it. */
function write(folder: string, { path, content, mode }: VolumeFile): void {
  const beside = join(folder, `..${path.replaceAll('/', '_')}`);
  writeFileSync(beside, content, { mode });
  renameSync(beside, join(folder, path));
}
