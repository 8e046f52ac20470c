/** Lists in pages: an answer is never larger than a stage can hold, however many objects there are. */
import { StageFailure } from '../base/failure.ts';

export interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** Pods are some 10 KiB each: a few megabytes. */
const PAGE_ITEMS = 500;
/** More objects than this no stage lists: a server that always has another page has none. */
const MOST_PAGES = 1_000;
/** A list that takes longer than the API server remembers is begun again, so many times. */
const TRIES = 3;

/**
 * All pages of one list, each as it was when the first one was. `ask` is undefined where the server
 * has forgotten what the list was of (410): then it is begun anew. `keep` leaves of each item what is
 * needed, before the next page is asked for.
 */
export async function listInPages<T, K>(
  ask: (parameters: Readonly<Record<string, string>>) => Promise<Page<T> | undefined>,
  keep: (item: T) => K | undefined,
): Promise<{ readonly items: readonly K[]; readonly resourceVersion: string }> {
  for (let tried = 1; ; tried += 1) {
    const listed = await once(ask, keep);
    if (listed) return listed;
    if (tried === TRIES)
      throw new StageFailure(3, 'the API server forgets a list before it was read to its end');
  }
}

async function once<T, K>(
  ask: (parameters: Readonly<Record<string, string>>) => Promise<Page<T> | undefined>,
  keep: (item: T) => K | undefined,
) {
  const items: K[] = [];
  let token = '';
  for (let read = 0; read < MOST_PAGES; read += 1) {
    const page = await ask({
      limit: String(PAGE_ITEMS),
      ...(token === '' ? {} : { continue: token }),
    });
    if (!page) return undefined;
    items.push(...page.items.flatMap((item) => keep(item) ?? []));
    const next = page.metadata.continue ?? '';
    // The same page once more: a server that answers so never comes to an end.
    if (next !== '' && next === token) throw endless();
    token = next;
    if (token === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
  throw endless();
}

function endless(): StageFailure {
  return new StageFailure(3, 'a list of the API server has no end: is a proxy in between?');
}
