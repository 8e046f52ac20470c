// docs/log-events.md: every event that a stage prints, and every field, from core/report.
import { code, exportsOf, table } from './source.mjs';

export async function logEventsPage() {
  const { LOG_EVENTS } = await exportsOf('core/report/log/log-events.ts');
  const { FIELDS } = await exportsOf('core/report/log/log-fields.ts');
  const events = Object.entries(LOG_EVENTS).map(([name, { about, fields }]) => [
    code(name),
    about,
    fields.map(code).join(' '),
  ]);
  const fields = Object.entries(FIELDS).map(([name, { kind, about }]) => [code(name), kind, about]);
  return `# Log events

What a stage prints, one event a line: \`key=value\` for people, and with \`--log-format json\` an object
with the same fields, its name as \`event\` and the time as \`time\`. A field means the same in every event.
Prose is always in quotes, with \`\\"\` for a quote inside it; control characters are shown as \`\\u001b\`. A
value is cut after 4,096 characters, a line after 8,192. This page is made from
\`core/report/log\` by \`npm run docs\`.

## Events

${table(['event', 'what it tells', 'fields'], events)}

## Fields

${table(['field', 'kind', 'meaning'], fields)}
`;
}
