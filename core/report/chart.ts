/** A line chart as SVG: small, without a script, and readable in a mail. */
export interface Line {
  readonly name: string;
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
  const ticks = [low, low + span / 2, low + span].map((y) => tick(scale.y(y), format(y))).join('');
  const axis = `<text x="${WIDTH - 8}" y="${HEIGHT - 6}" text-anchor="end">${Math.round(lastX)} s</text>`;
  const legend = lines
    .map(({ name, colour }) => `<span><i style="background:${colour}"></i>${escaped(name)}</span>`)
    .join(' ');
  const drawn = lines.map((line) => path(line, scale)).join('');
  return `<figure><figcaption><b>${escaped(title)}</b> ${legend}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${ticks}${axis}${drawn}</svg></figure>`;
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
  const dashes = style === 'dashed' ? ' stroke-dasharray="5 4"' : '';
  return `<path d="${steps.join('')}" fill="none" stroke="${colour}" stroke-width="1.6"${dashes}/>`;
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
