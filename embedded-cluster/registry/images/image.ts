/** Images as the embedded cluster knows them: what a container of one runs and finds. */

/** A container path, and what of this machine stands for it. */
interface ImagePath {
  readonly containerPath: string;
  readonly hostPath: string;
}

export interface ImageLayer {
  readonly mediaType: string;
  readonly text: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageSource {
  /** Without a registry's host: `payment-service`, `library/node`. Any host serves it. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** Names and paths of programs, and what of this machine runs as them. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly paths?: readonly ImagePath[];
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What others have put beside images, such as signatures, are manifests with layers of their own kinds. */
  readonly layers?: readonly ImageLayer[];
  /** How long the first pull takes; absent: the image is on every node already. */
  readonly pullMs?: number;
}

/** One tagged image, as a node has it after pulling. */
export interface Image extends ImageSource {
  readonly tag: string;
  readonly digest: string;
}
