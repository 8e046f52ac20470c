/** Which rules of a route the config names: by name, or by place, counted from 0. */

export type RuleChoice = readonly (string | number)[] | undefined;

/** Nothing named: all of them. */
export function isChosen(choice: RuleChoice, name: string | undefined, index: number): boolean {
  return choice === undefined || choice.some((each) => each === name || each === index);
}

/** What the config names and no rule of `own` is; `own` are those that lead to the service. */
export function unknownChoices(
  choice: RuleChoice,
  own: readonly { readonly name: string | undefined; readonly index: number }[],
): string | undefined {
  const unknown = (choice ?? []).filter(
    (each) => !own.some(({ name, index }) => each === name || each === index),
  );
  return unknown.length === 0 ? undefined : unknown.join(' and ');
}

/** For a message: `api (0), 1`. */
export function rulesText(
  own: readonly { readonly name: string | undefined; readonly index: number }[],
): string {
  return own
    .map(({ name, index }) => (name === undefined ? `${index}` : `${name} (${index})`))
    .join(', ');
}
