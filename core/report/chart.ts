/** A line chart as SVG: small, without a script, and readable in a mail. */
export interface Line {
  readonly name: string;
  /** As CSS has it. */
  readonly colour: string;
  /** Seconds and values; undefined is a gap. */
  readonly points: readonly (readonly [x: number, y: number | undefined])[];
  readonly style?: 'solid' | 'dashed';
}

interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 56;
const BOTTOM = 24;

export function chart(
  title: string,
  lines: readonly Line[],
  format: (y: number) => string,
): string {
  const points = lines.flatMap((line) => line.points);
  const values = points.flatMap(([, y]) => (y === undefined ? [] : [y]));
  if (values.length === 0) return '';
  const lastX = Math.max(1, ...points.map(([x]) => x));
  const [low, high] = [Math.min(0, ...values), Math.max(...values)];
  const span = high - low || 1;
  const scale: Scale = {
    x: (value) => LEFT + (value / lastX) * (WIDTH - LEFT - 8),
    y: (value) => 8 + (1 - (value - low) / span) * (HEIGHT - BOTTOM - 8),
  };
  const ticks = ticksOf(low, high, span)
    .map((y) => tick(scale.y(y), format(y)))
    .join('');
  const axis = `${label(LEFT, 'start', '0 s')}${label(WIDTH - 8, 'end', `${Math.round(lastX)} s`)}`;
  const legend = lines
    .map(({ name, colour }) => `<span><i style="background:${colour}"></i>${escaped(name)}</span>`)
    .join(' ');
  const drawn = lines.map((line) => path(line, scale)).join('');
  return `<figure><figcaption><b>${escaped(title)}</b> ${legend}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${ticks}${axis}${drawn}</svg></figure>`;
}

/** Zero is always one of them; what lies too near to it would be written over it. */
function ticksOf(low: number, high: number, span: number): number[] {
  if (low >= 0) return [low, low + span / 2, low + span];
  return [low, 0, high].filter((y) => y === 0 || Math.abs(y) > span / 6);
}

function label(x: number, anchor: 'start' | 'end', text: string): string {
  return `<text x="${x}" y="${HEIGHT - 6}" text-anchor="${anchor}">${text}</text>`;
}

function tick(y: number, text: string): string {
  const at = y.toFixed(1);
  return `<line x1="${LEFT}" x2="${WIDTH - 8}" y1="${at}" y2="${at}" class="grid"/><text x="${LEFT - 6}" y="${(y + 4).toFixed(1)}" text-anchor="end">${escaped(text)}</text>`;
}

function path({ points, colour, style }: Line, { x, y }: Scale): string {
  let pen = 'M';
  const steps = points.map(([at, value]) => {
    if (value === undefined) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
    return step;
  });
  // A point between two gaps is a line of no length: it is drawn as a dot.
  const dots = points.map(([at, value], index) => {
    const isAlone = points[index - 1]?.[1] === undefined && points[index + 1]?.[1] === undefined;
    if (value === undefined || !isAlone) return '';
    return `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" style="fill:${colour}"/>`;
  });
  const dashes = style === 'dashed' ? ' stroke-dasharray="5 4"' : '';
  return `<path d="${steps.join('')}" style="stroke:${colour}"${dashes}/>${dots.join('')}`;
}

export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
