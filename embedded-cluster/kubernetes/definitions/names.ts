/** The names and labels that Kubernetes allows. */
import type { FailureCause } from './failure.ts';
import { invalid, when } from './field-faults.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const SERVICE_NAME = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;

/** Which rule the names of a kind's objects follow. */
export type NameRule = 'subdomain' | 'label' | 'service' | 'path-segment';

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const RULES: Readonly<Record<NameRule, { matches: RegExp; longest: number; says: string }>> = {
  subdomain: {
    matches: whole(SUBDOMAIN),
    longest: 253,
    says: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
  },
  label: {
    matches: whole(LABEL),
    longest: 63,
    says: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
  },
  service: {
    matches: whole(SERVICE_NAME),
    longest: 63,
    says: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${SERVICE_NAME}')`,
  },
  'path-segment': { matches: /^(?!\.{1,2}$)[^/%]+$/, longest: 253, says: `may not contain '/'` },
};

export function nameFaults(
  field: string,
  name: string,
  rule: NameRule = 'subdomain',
): FailureCause[] {
  const { matches, longest, says } = RULES[rule];
  return [
    ...when(!matches.test(name), () => invalid(field, name, says)),
    ...when(name.length > longest, () =>
      invalid(field, name, `must be no more than ${longest} characters`),
    ),
  ];
}

const LABEL_KEY = whole(`(${SUBDOMAIN}/)?(${QUALIFIED_NAME})`);
const VALUE = whole(LABEL_VALUE);

export function labelFaults(
  field: string,
  labels: Readonly<Record<string, unknown>> = {},
): FailureCause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...keyFaults(field, key),
    ...when(typeof value !== 'string' || !VALUE.test(value) || value.length > 63, () =>
      invalid(
        field,
        value,
        `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`,
      ),
    ),
  ]);
}

export function keyFaults(field: string, key: string): FailureCause[] {
  const [name = ''] = key.split('/').slice(-1);
  return when(!LABEL_KEY.test(key) || name.length > 63, () =>
    invalid(
      field,
      key,
      `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_NAME}')`,
    ),
  );
}
