/** What the API fills into pods and pod templates. */
import { changed, changedItems, type Fields, fieldsOf, filled, textOf } from '../fields.ts';

export function podTemplateDefaults(template: Fields): Fields {
  const metadata = fieldsOf(template.metadata);
  return { ...template, metadata, spec: podSpecDefaults(fieldsOf(template.spec)) };
}

export function podSpecDefaults(spec: Fields): Fields {
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  const named = account ? { ...spec, serviceAccountName: account, serviceAccount: account } : spec;
  const lists = [
    ['initContainers', containerDefaults],
    ['containers', containerDefaults],
    ['volumes', volumeDefaults],
  ] as const;
  return filled(
    lists.reduce<Fields>((fields, [name, fill]) => changedItems(fields, name, fill), named),
    {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
  );
}

function containerDefaults(container: Fields): Fields {
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce<Fields>(
    (fields, probe) => changed(fields, probe, probeDefaults),
    container,
  );
  const hooked = changed(probed, 'lifecycle', (lifecycle) =>
    ['postStart', 'preStop'].reduce<Fields>(
      (fields, hook) => changed(fields, hook, httpGetDefaults),
      lifecycle,
    ),
  );
  const ported = changedItems(hooked, 'ports', (port) => filled(port, { protocol: 'TCP' }));
  const named = changedItems(ported, 'env', (variable) =>
    changed(variable, 'valueFrom', (source) =>
      changed(source, 'fieldRef', (ref) => filled(ref, { apiVersion: 'v1' })),
    ),
  );
  return changed(
    filled(named, {
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: pullPolicyFor(textOf(container.image)),
    }),
    'resources',
    requestsFromLimits,
  );
}

/** What may change behind its name is pulled always. */
function pullPolicyFor(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const [, tag = 'latest'] = /:([^/:]+)$/.exec(image) ?? [];
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function requestsFromLimits(resources: Fields): Fields {
  if (!resources.limits) return resources;
  return {
    ...resources,
    requests: { ...fieldsOf(resources.limits), ...fieldsOf(resources.requests) },
  };
}

function probeDefaults(probe: Fields): Fields {
  return filled(httpGetDefaults(probe), {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
}

function httpGetDefaults(handler: Fields): Fields {
  return changed(handler, 'httpGet', (get) => filled(get, { path: '/', scheme: 'HTTP' }));
}

function volumeDefaults(volume: Fields): Fields {
  if (Object.keys(volume).length === 1) return { ...volume, emptyDir: {} };
  const moded = ['secret', 'configMap', 'downwardAPI', 'projected'].reduce<Fields>(
    (fields, source) => changed(fields, source, (value) => filled(value, { defaultMode: 420 })),
    volume,
  );
  const typed = changed(moded, 'hostPath', (path) => filled(path, { type: '' }));
  return changed(typed, 'projected', (projected) =>
    changedItems(projected, 'sources', (source) =>
      changed(source, 'serviceAccountToken', (token) => filled(token, { expirationSeconds: 3600 })),
    ),
  );
}
