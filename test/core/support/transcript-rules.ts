/** What every release keeps to, whatever it is: says which rule a transcript has broken, and in which line. */

interface Line {
  readonly atMs: number;
  readonly direction: string;
  readonly phase: string;
  /** Undefined where the phase begins. */
  readonly action: string | undefined;
  readonly text: string;
}

interface Rule {
  readonly says: string;
  /** The lines that break it. */
  readonly broken: (lines: readonly Line[]) => readonly Line[];
}

const LEADS_TO_CANDIDATE = /^send .* to (the candidate|both sides)$/;
const TAKES_CANDIDATE = /^delete deployment .*-green/;
const TAKES_STABLE = /^scale deployment .*-blue to 0$/;

const RULES: readonly Rule[] = [
  {
    says: 'a release that has turned back does not go forward again',
    broken: (lines) => after(lines, isBack).filter(({ direction }) => direction === 'forward'),
  },
  {
    says: 'a candidate that has any requests was tried before',
    broken: (lines) => {
      const tested = lines.findIndex(({ phase }) => phase === 'testing');
      // A mesh is told of both sides first, with all requests kept to the stable.
      return lines.filter(
        ({ action, phase }, at) =>
          (phase === 'preparing' || phase === 'testing') &&
          LEADS_TO_CANDIDATE.test(action ?? '') &&
          (tested === -1 || at < tested),
      );
    },
  },
  {
    says: 'traffic is seen to have moved before the candidate is judged by it',
    broken: (lines) =>
      startsOf(lines, 'monitoring')
        .filter(({ before }) => before !== 'confirming' && before !== 'rolling')
        .map(({ line }) => line),
  },
  {
    says: 'the stable keeps its pods until somebody has concluded, and is drained first',
    broken: (lines) =>
      lines.filter(
        ({ action }, at) =>
          TAKES_STABLE.test(action ?? '') &&
          !lines.slice(0, at).some(({ phase }) => phase === 'draining'),
      ),
  },
  {
    says: 'nothing is drained or taken away before somebody concludes',
    broken: (lines) => {
      const concluded = lines.findIndex(({ action }) => action === 'somebody concludes');
      const ends = ['draining', 'retiring', 'tidying', 'landing'];
      return lines.filter(
        ({ direction, phase }, at) =>
          direction === 'forward' && ends.includes(phase) && (concluded === -1 || at < concluded),
      );
    },
  },
  {
    says: 'traffic is back at the stable before the candidate goes',
    broken: (lines) => {
      const moved = lines.findIndex(({ phase }) => phase === 'confirming');
      const back = lines.findIndex((line) => isBack(line) && line.phase === 'confirming');
      return lines.filter(
        ({ action }, at) =>
          TAKES_CANDIDATE.test(action ?? '') && moved !== -1 && (back === -1 || at < back),
      );
    },
  },
  {
    says: 'no pod is asked twice to close its connections',
    broken: (lines) => repeated(lines.filter(({ action }) => action?.startsWith('ask pod'))),
  },
  {
    says: 'what is created for the release alone goes with it',
    broken: (lines) => {
      const made = lines.filter(({ action }) => action?.startsWith('create service'));
      const gone = lines.some(({ action }) => action?.startsWith('delete service'));
      return gone ? [] : made;
    },
  },
];

/** One sentence for each rule that is broken, with the first line that breaks it. */
export function brokenRules(transcript: string): string[] {
  const lines = linesOf(transcript);
  return RULES.flatMap(({ says, broken }) => {
    const [first] = broken(lines);
    return first ? [`BROKEN: ${says}: ${first.text}`] : [];
  });
}

function linesOf(transcript: string): Line[] {
  let under = { direction: '', phase: '' };
  return transcript.split('\n').flatMap((text): Line[] => {
    const [, seconds, rest = ''] = /^ *([\d.]+)s {2}(.*)$/.exec(text) ?? [];
    if (seconds === undefined) return [];
    const [, direction, phase] = /^(forward|back) (\S+)$/.exec(rest) ?? [];
    if (direction !== undefined && phase !== undefined) under = { direction, phase };
    const action = direction === undefined ? rest.trim() : undefined;
    return [{ atMs: Number(seconds) * 1000, ...under, action, text: text.trim() }];
  });
}

function isBack({ direction }: Line): boolean {
  return direction === 'back';
}

function after(lines: readonly Line[], is: (line: Line) => boolean): readonly Line[] {
  const first = lines.findIndex(is);
  return first === -1 ? [] : lines.slice(first);
}

/** Where a phase begins, and which one was before. */
function startsOf(lines: readonly Line[], phase: string): { line: Line; before: string }[] {
  const starts = lines.filter(({ action }) => action === undefined);
  return starts.flatMap((line, at) =>
    line.phase === phase ? [{ line, before: starts[at - 1]?.phase ?? '' }] : [],
  );
}

function repeated(lines: readonly Line[]): Line[] {
  const known = new Set<string | undefined>();
  return lines.filter(({ action }) => known.size === known.add(action).size);
}
