/** Microsoft Teams: a Workflows webhook, which takes an adaptive card (https://adaptivecards.io/explorer). */
import { type Channel, type Notification, SEVERITY_OF, title, versions } from './channel.ts';

const COLOURS = { info: 'Good', warning: 'Warning', critical: 'Attention' } as const;

export const teams = {
  type: 'teams',
  scheme: 'http',
  keys: {},
  needs: [],
  secrets: [],
  escape: plain,
  resolve: () => ({ type: 'teams' }),
  write: (notification, { url }, _, wording) => ({
    by: 'http',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: cardOf(wording === undefined ? bodyOf(notification) : [written(wording)]),
        },
      ],
    }),
  }),
} as const satisfies Channel<object, { readonly type: 'teams' }>;

function cardOf(body: readonly object[]): object {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
  };
}

function bodyOf(notification: Notification): object[] {
  const { event, sentence, next, proof, release, strategy } = notification;
  const facts = {
    Versions: versions(notification, '→'),
    Strategy: strategy,
    Release: release,
  };
  return [
    block(title(notification), {
      size: 'Medium',
      weight: 'Bolder',
      color: COLOURS[SEVERITY_OF[event]],
    }),
    block(sentence),
    ...(next === '' ? [] : [block(`Next: ${next}`, { weight: 'Bolder' })]),
    ...proof.map((line) => block(line.slice(0, 300), { isSubtle: true, spacing: 'Small' })),
    {
      type: 'FactSet',
      facts: Object.entries(facts).map(([name, value]) => ({ title: name, value: plain(value) })),
    },
  ];
}

function block(text: string, looks: object = {}): object {
  return written(plain(text), looks);
}

function written(text: string, looks: object = {}): object {
  return { type: 'TextBlock', wrap: true, ...looks, text };
}

/** A card's texts are Markdown: what would be a link or emphasis is not. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]()<>#~|]/g, (sign) => `\\${sign}`);
}
