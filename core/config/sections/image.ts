/** The key `image`: where the images of the service are. Their tag is a param. */
import type { FromSchema } from '../../base/from-schema.ts';
import { REPOSITORY } from '../../base/image.ts';

export const IMAGE = {
  type: 'object',
  additionalProperties: false,
  properties: {
    repository: {
      type: 'string',
      pattern: REPOSITORY,
      maxLength: 255,
      description: "Default: the running image's.",
    },
  },
} as const;

type ImageConfig = FromSchema<typeof IMAGE>;

export interface ImageSettings {
  readonly repository: string | undefined;
  readonly tag: string;
}

/** The param wins over the file; an empty one was not given. */
export function resolveImage(
  params: { readonly imageRepository: string; readonly imageTag: string },
  { repository }: ImageConfig = {},
): ImageSettings {
  return { repository: params.imageRepository || repository, tag: params.imageTag };
}
