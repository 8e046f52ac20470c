/**
 * What an operator asks of a release that is under way. An order is left in the service's journal
 * under a key of its own; the process that drives the release takes it up at the next look, and answers it in
 * the journal. So it is safe while a release runs, outlives the process that left it, and is taken
 * up once.
 */
import { foreignText } from '../../base/foreign-text.ts';
import { jsonOf } from '../../base/json.ts';
import type { Instant, ReleaseId } from '../../base/vocabulary.ts';
import { type Asker, isCaller, MOST_NAME_CHARACTERS } from './asker.ts';

interface OrderBase extends Asker {
  /** The same however often the same command is carried out again. */
  readonly id: string;
  /** The release that was meant: an order never meets the one after it. */
  readonly release: ReleaseId;
  readonly at: Instant;
}

/**
 * promote: time has not to pass any more · pause, resume: stay where it is, and go on · abort: turn
 * back · drain: turn back, because the candidate must have no traffic now.
 */
export type Command =
  | (OrderBase & { readonly order: 'promote' | 'resume' | 'abort' | 'drain' })
  | (OrderBase & { readonly order: 'pause'; readonly limitMs: number });

export type CommandName = Command['order'];

/** What became of an order. */
export interface CommandResponse extends Asker {
  readonly id: string;
  readonly order: CommandName;
  readonly at: Instant;
  readonly taken: 'heeded' | 'refused';
  /** For the operator: what happens now, or why nothing does. */
  readonly text: string;
}

/** Where the orders are in the journal's ConfigMap: operators write here, and only here. */
const ORDERS_KEY = 'orders.json';

/** More than this at once is no operator. As many answers are kept, so that none is taken up twice. */
export const MOST_COMMANDS = 20;

/** Who gave an order, for its answer. */
export function askedBy({ by, as }: { by: string; as?: Asker['as'] | undefined }): Asker {
  return as === undefined ? { by } : { by, as };
}

/** What is no order in the ConfigMap is no one's order. */
export function readCommands(
  data: Readonly<Record<string, string>> | undefined,
): readonly Command[] {
  const parsed = jsonOf(data?.[ORDERS_KEY] ?? '[]');
  return Array.isArray(parsed) ? parsed.filter(isOrder).map(named) : [];
}

export function commandsData(orders: readonly Command[]): Record<string, string> {
  return { [ORDERS_KEY]: JSON.stringify(orders) };
}

/** The orders for a release that no one has answered yet, oldest first. */
export function pendingCommands(
  orders: readonly Command[],
  answers: readonly CommandResponse[],
  release: ReleaseId,
): readonly Command[] {
  return orders.filter(
    (order) => order.release === release && !answers.some(({ id }) => id === order.id),
  );
}

/** Names are shown wherever an order is told of. */
function named(order: Command): Command {
  return { ...order, by: foreignText(order.by, MOST_NAME_CHARACTERS) };
}

function isOrder(value: unknown): value is Command {
  if (typeof value !== 'object' || value === null) return false;
  const { id, release, by, as, at, order, limitMs }: Record<string, unknown> = { ...value };
  const isNamed = [id, release, by].every((text) => typeof text === 'string');
  if (!isNamed || typeof at !== 'number' || !(as === undefined || isCaller(as))) return false;
  switch (order) {
    case 'promote':
    case 'resume':
    case 'abort':
    case 'drain':
      return true;
    case 'pause':
      return typeof limitMs === 'number' && limitMs > 0;
    default:
      return false;
  }
}
