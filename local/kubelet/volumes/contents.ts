/** What a volume holds, before anything of it lies on a disk. */

export interface VolumeFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

export type VolumeContents =
  | { readonly type: 'files'; readonly files: readonly VolumeFile[] }
  /** Empty at first, and shared by the pod's containers. */
  | { readonly type: 'empty' }
  /** A folder or file of this machine. */
  | { readonly type: 'host'; readonly path: string; readonly missing: 'created' | 'left' }
  /** Outlives the pod. */
  | { readonly type: 'claim'; readonly claim: string };

export interface MountedVolume {
  readonly name: string;
  readonly contents: VolumeContents;
}
