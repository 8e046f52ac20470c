// Makes the fixtures of embedded-cluster/test/workloads from the recordings of a real cluster:
//   node test/support/excerpt-recordings.mjs <recordings/workloads>
// What it leaves out and why stands in embedded-cluster/test/workloads/support/tracks.ts.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const [recordings] = process.argv.slice(2);
const support = join(
  import.meta.dirname,
  '../../embedded-cluster/test/workloads/support/tracks.ts',
);
const { outputFiles } = buildSync({ entryPoints: [support], format: 'esm', write: false });
const { tracksOf } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
);

for (const scenario of readdirSync(recordings, { withFileTypes: true })) {
  if (!scenario.isDirectory()) continue;
  const folder = join(recordings, scenario.name);
  const watched = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
  const tracks = tracksOf(watched, Number(firstChange(watched).metadata.resourceVersion));
  const fixture = join(
    import.meta.dirname,
    '../../embedded-cluster/test/workloads/recordings',
    `${scenario.name}.json`,
  );
  writeFileSync(fixture, `${JSON.stringify(tracks, null, 2)}\n`);
}

/** What the person did who recorded it: everything else follows from that. */
function firstChange(watched) {
  const of = (kind) => watched.filter(({ object }) => object.kind === kind);
  const changed = (kind, isIt) => {
    const [first, ...others] = of(kind);
    return others.find(({ object }) => isIt(object, first.object));
  };
  const found =
    of('Job')[0] ??
    changed('Deployment', (now, then) => now.metadata.generation !== then.metadata.generation) ??
    changed('Service', () => true) ??
    changed(
      'Pod',
      (now, then) => now.metadata.uid === then.metadata.uid && now.metadata.deletionTimestamp,
    ) ??
    of('Deployment')[0];
  return found.object;
}
