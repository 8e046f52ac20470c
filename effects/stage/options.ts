/** The options that stages share: who is released, and what was asked for. */
import { join } from 'node:path';
import type { Options } from 'yargs';
import { type ReleaseId, releaseId } from '../../core/base/vocabulary.ts';
import { DEPLOY_TIMEOUT } from '../../core/config/deadline.ts';
import type { GivenParams } from '../config/load.ts';
import { option } from './run-stage.ts';

export const SUBJECT_OPTIONS: Readonly<Record<string, Options>> = {
  'release-id': option('Names this release; the same for all stages of one run'),
  service: option('The Service that is released'),
  namespace: option("The namespace of the service; empty: the run's", ''),
  'run-namespace': option('The namespace of the run', 'default'),
};

/** What of a request the release config rests on. */
export const CONFIG_OPTIONS: Readonly<Record<string, Options>> = {
  'image-tag': option('The tag of the image to release', ''),
  strategy: option("How to release; empty: the config's, or rolling", ''),
  'config-map': option('The ConfigMap of the release config; empty: <service>-release-config', ''),
  'config-dir': option('A folder with the release config, which wins over the ConfigMap', ''),
  'config-path': option('The file of the release config in that folder', 'release.yaml'),
  'secrets-dir': option('Where the files are that the config names as secret', ''),
};

export const REQUEST_OPTIONS: Readonly<Record<string, Options>> = {
  ...SUBJECT_OPTIONS,
  ...CONFIG_OPTIONS,
  'image-tag': option('The tag of the image to release'),
  'image-repository': option("Its repository; empty: the config's, or the running image's", ''),
  'dry-run': option('true: says what would be done, and changes nothing', 'false'),
  'when-unchanged': option(
    'Where this version runs already: skip, or release: start its pods anew',
    'skip',
  ),
  'deploy-timeout': option(
    'How long the deploy Task may take; any: it is not known',
    DEPLOY_TIMEOUT,
  ),
  'registry-credentials-dir': option('A folder with a Docker config.json for the registry', ''),
};

type Given = Readonly<Record<string, string>>;

/** yargs has seen to it that every option is there. */
export function text(options: Given, name: string): string {
  return options[name] ?? '';
}

export function subjectOf(options: Given): {
  release: ReleaseId;
  service: string;
  namespace: string;
} {
  return {
    release: releaseId(text(options, 'release-id')),
    service: text(options, 'service'),
    namespace: namespaceOf(options),
  };
}

/** As kubectl has it: who names none means the one he is in. */
function namespaceOf(options: Given): string {
  return text(options, 'namespace') || text(options, 'run-namespace');
}

/** A workspace that was not bound has an empty path: then no file is there. */
function inFolder(folder: string, file: string): string {
  return folder === '' ? '' : join(folder, file);
}

export function paramsOf(options: Given): GivenParams {
  return {
    service: text(options, 'service'),
    namespace: namespaceOf(options),
    imageTag: text(options, 'image-tag'),
    imageRepository: text(options, 'image-repository'),
    strategy: text(options, 'strategy'),
    dryRun: text(options, 'dry-run'),
    whenUnchanged: text(options, 'when-unchanged'),
    deployTimeout: text(options, 'deploy-timeout'),
    configMap: text(options, 'config-map'),
    configFile: inFolder(text(options, 'config-dir'), text(options, 'config-path')),
    configDir: text(options, 'config-dir'),
  };
}
