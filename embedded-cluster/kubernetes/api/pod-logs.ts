/** What containers write, as whoever runs them keeps it. The API answers `kubectl logs` from here. */
import type { KubeObject } from '../store/object.ts';
import type { Running } from '../world.ts';

export interface LogLine {
  readonly atMs: number;
  /** Without its line end. */
  readonly text: string;
}

export interface PodLogs {
  /** What the container wrote, from its first line; undefined if that run never was. */
  lines(
    pod: KubeObject,
    container: string,
    run: 'current' | 'previous',
  ): readonly LogLine[] | undefined;
  /** Tells of every line from now on; `onEnd` when the container has ended and will write no more. */
  follow(
    pod: KubeObject,
    container: string,
    onLine: (line: LogLine) => void,
    onEnd: () => void,
  ): Running;
}
