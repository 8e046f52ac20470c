/** What can be wrong with a pod, or with changing one. */
import { isDeepStrictEqual } from 'node:util';
import type { FailureCause } from '../../definitions/failure.ts';
import {
  duplicate,
  forbidden,
  invalid,
  missing,
  notFoundIn,
  unsupported,
  when,
} from '../../definitions/field-faults.ts';
import { nameFaults } from '../../definitions/names.ts';
import type { KubeObject } from '../../store/object.ts';
import { type Fields, fieldsOf, itemsOf, specOf, textOf } from '../fields.ts';
import { quantityFaults } from '../limits/quantities.ts';

export function podFaults(pod: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  if (previous) return changeFaults(specOf(pod), specOf(previous));
  return podSpecFaults(specOf(pod), 'spec');
}

export function podSpecFaults(spec: Fields, field: string): FailureCause[] {
  const volumes = new Set(itemsOf(spec.volumes).map(({ name }) => name));
  const lists = ['initContainers', 'containers'].flatMap((list) =>
    containersFaults(itemsOf(spec[list]), `${field}.${list}`, volumes),
  );
  const policies = ['Always', 'OnFailure', 'Never'];
  const grace = spec.terminationGracePeriodSeconds;
  return [
    ...when(itemsOf(spec.containers).length === 0, () => missing(`${field}.containers`)),
    ...lists,
    ...volumeFaults(spec, field),
    ...when(!policies.includes(textOf(spec.restartPolicy)), () =>
      unsupported(`${field}.restartPolicy`, spec.restartPolicy, policies),
    ),
    ...when(typeof grace === 'number' && grace < 0, () =>
      invalid(
        `${field}.terminationGracePeriodSeconds`,
        grace,
        'must be greater than or equal to 0',
      ),
    ),
  ];
}

function volumeFaults(spec: Fields, field: string): FailureCause[] {
  return itemsOf(spec.volumes).flatMap(({ name }, at) =>
    textOf(name) === ''
      ? [missing(`${field}.volumes[${at}].name`)]
      : nameFaults(`${field}.volumes[${at}].name`, textOf(name), 'label'),
  );
}

function containersFaults(
  containers: readonly Fields[],
  field: string,
  volumes: ReadonlySet<unknown>,
): FailureCause[] {
  const seen = new Set<unknown>();
  return containers.flatMap((container, at) => {
    const place = `${field}[${at}]`;
    const name = textOf(container.name);
    const taken = seen.has(name);
    seen.add(name);
    return [
      ...(name === '' ? [missing(`${place}.name`)] : nameFaults(`${place}.name`, name, 'label')),
      ...when(taken, () => duplicate(`${place}.name`, name)),
      ...when(textOf(container.image) === '', () => missing(`${place}.image`)),
      ...portFaults(container, place),
      ...probeFaults(container, place),
      ...quantityFaults(fieldsOf(container.resources), `${place}.resources`),
      ...itemsOf(container.volumeMounts).flatMap((mount, index) =>
        when(!volumes.has(mount.name), () =>
          notFoundIn(`${place}.volumeMounts[${index}].name`, mount.name),
        ),
      ),
      ...itemsOf(container.env).flatMap(({ name: variable }, index) =>
        when(textOf(variable) === '', () => missing(`${place}.env[${index}].name`)),
      ),
    ];
  });
}

function portFaults(container: Fields, place: string): FailureCause[] {
  return itemsOf(container.ports).flatMap(({ containerPort }, at) => {
    const field = `${place}.ports[${at}].containerPort`;
    if (containerPort === undefined) return [missing(field)];
    return when(!isPort(containerPort), () =>
      invalid(field, containerPort, 'must be between 1 and 65535, inclusive'),
    );
  });
}

export function isPort(value: unknown): boolean {
  return typeof value === 'number' && value >= 1 && value <= 65_535;
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function probeFaults(container: Fields, place: string): FailureCause[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = container[name] === undefined ? undefined : fieldsOf(container[name]);
    if (!probe) return [];
    const { successThreshold } = probe;
    return [
      ...when(!HANDLERS.some((handler) => probe[handler] !== undefined), () =>
        missing(`${place}.${name}`, 'must specify a handler type'),
      ),
      ...when(name !== 'readinessProbe' && successThreshold !== 1, () =>
        invalid(`${place}.${name}.successThreshold`, successThreshold, 'must be 1'),
      ),
    ];
  });
}

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function changeFaults(spec: Fields, previous: Fields): FailureCause[] {
  const bound = !previous.nodeName && spec.nodeName ? { nodeName: spec.nodeName } : {};
  const comparable = (fields: Fields): Fields => ({
    ...fields,
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    schedulingGates: undefined,
    containers: itemsOf(fields.containers).map(withoutImage),
    initContainers: itemsOf(fields.initContainers).map(withoutImage),
  });
  const same = isDeepStrictEqual(comparable(spec), { ...comparable(previous), ...bound });
  return when(!same, () => forbidden('spec', MUTABLE));
}

function withoutImage(container: Fields): Fields {
  return { ...container, image: undefined };
}
