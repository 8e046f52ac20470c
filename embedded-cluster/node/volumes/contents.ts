/** What a volume holds, before anything of it lies on a disk. */

export interface VolumeFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** Of what does not stay good for as long as the pod may live. */
  readonly renewal?: Renewal;
}

export interface Renewal {
  readonly afterMs: number;
  /** The file as it is to be from then on; undefined where there is nobody any more to ask for. */
  renew(): VolumeFile | undefined;
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
