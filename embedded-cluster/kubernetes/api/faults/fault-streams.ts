/** Watches that end too early, fall silent, or tell late. */
import type { Clock } from '../../../base/clock.ts';
import type { ResponseStream } from '../request/http.ts';

export type StreamFault =
  | { readonly type: 'watch-dropped'; readonly afterMs: number }
  | { readonly type: 'watch-silent'; readonly afterMs: number }
  | { readonly type: 'watch-lagging'; readonly lagMs: number };

export function failing(stream: ResponseStream, fault: StreamFault, clock: Clock): ResponseStream {
  switch (fault.type) {
    case 'watch-dropped':
      return dropped(stream, fault.afterMs, clock);
    case 'watch-silent':
      return silenced(stream, fault.afterMs, clock);
    case 'watch-lagging':
      return lagging(stream, fault.lagMs, clock);
  }
}

function dropped(stream: ResponseStream, afterMs: number, clock: Clock): ResponseStream {
  return {
    open: (onChunk, onEnd) => {
      const running = stream.open(onChunk, () => {
        timer.cancel();
        onEnd();
      });
      const timer = clock.after(afterMs, () => {
        running.stop();
        onEnd();
      });
      return {
        stop: () => {
          timer.cancel();
          running.stop();
        },
      };
    },
  };
}

function silenced(stream: ResponseStream, afterMs: number, clock: Clock): ResponseStream {
  return {
    open: (onChunk, onEnd) => {
      let silent = afterMs <= 0;
      const timer = clock.after(afterMs, () => {
        silent = true;
      });
      const running = stream.open((chunk) => {
        if (!silent) onChunk(chunk);
      }, onEnd);
      return {
        stop: () => {
          timer.cancel();
          running.stop();
        },
      };
    },
  };
}

function lagging(stream: ResponseStream, lagMs: number, clock: Clock): ResponseStream {
  return {
    open: (onChunk, onEnd) => {
      let stopped = false;
      const later = (task: () => void): void => {
        clock.after(lagMs, () => {
          if (!stopped) task();
        });
      };
      const running = stream.open(
        (chunk) => later(() => onChunk(chunk)),
        () => later(onEnd),
      );
      return {
        stop: () => {
          stopped = true;
          running.stop();
        },
      };
    },
  };
}
