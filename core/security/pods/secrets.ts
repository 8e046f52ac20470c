/** Secrets that stand in a pod template for everybody to read: known by their form or by their name. */

/** Forms that nothing but a secret has. */
const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20}/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10}/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}/],
  ['a Stripe key', /\b[sr]k_live_[0-9A-Za-z]{20}/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10}/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,200}:[^\s/@]{3,200}@/i],
];

const NAME =
  /(?:^|[_-])(?:password|passwd|pwd|secret|token|api_?key|access_?key|private_?key|credentials?)$/i;
/** What a name alone makes of a value: nothing, where the value says that it is a place or a switch. */
const HARMLESS = /^$|^\$\(|^(?:true|false|\d{1,6})$|^\/[\w./-]*$|^https?:\/\/[^@]*$/i;

/** What kind of secret an environment variable holds; undefined where it seems to hold none. */
export function secretKind(name: string, value: string): string | undefined {
  const form = FORMS.find(([, pattern]) => pattern.test(value));
  if (form) return form[0];
  return NAME.test(name) && !HARMLESS.test(value)
    ? 'a value that its name calls secret'
    : undefined;
}

/** The same of an argument of a command. */
export function secretFormIn(text: string): string | undefined {
  return FORMS.find(([, pattern]) => pattern.test(text))?.[0];
}
