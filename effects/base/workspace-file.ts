/**
 * Reads a file that somebody named, of a folder that was mounted for it, and no other file: the one who
 * writes a release config, or a repository that is checked out, chooses the name and the links in it.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { isWorkspacePath, NO_WORKSPACE_PATH } from '../../core/config/workspace-path.ts';

/** A release config, a token, a CA bundle: none is larger. */
const MOST_FILE_BYTES = 1_048_576;

/** Why a file is not read. Says nothing of what is in it. */
export class FileRefused extends Error {}

/**
 * The text of `file` in `folder`, at most `mostBytes` of it.
 *
 * @throws {FileRefused} where the name leads out of the folder, by `..`, by an absolute path or by a
 * symbolic link; where it is no regular file; where it is too large, absent or not readable. Links
 * inside the folder are followed: the kubelet mounts Secrets and ConfigMaps by such.
 */
export async function readFileWithin(
  folder: string,
  file: string,
  mostBytes: number = MOST_FILE_BYTES,
): Promise<string> {
  const opened = await openFileWithin(folder, file);
  try {
    const { size } = await opened.stat();
    // One byte more than allowed tells a file that grows from one that fits.
    const buffer = Buffer.alloc(Math.min(size, mostBytes) + 1);
    const { bytesRead } = await opened.read(buffer, 0, buffer.length, 0);
    if (bytesRead > mostBytes) throw new FileRefused(`is larger than ${mostBytes} bytes`);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await opened.close();
  }
}

/** The same file, open for reading, however large it is. The caller closes it. */
export async function openFileWithin(folder: string, file: string): Promise<FileHandle> {
  if (!isWorkspacePath(file)) throw new FileRefused(NO_WORKSPACE_PATH);
  const path = await realPathOf(join(folder, file));
  const inside = relative(await realPathOf(folder), path);
  if (inside === '' || inside.split(sep)[0] === '..' || isAbsolute(inside)) {
    throw new FileRefused('is a symbolic link that leads out of its workspace');
  }
  // A link that has come meanwhile is not followed, and no one is waited for at a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const opened = await open(path, flags).catch((thrown: unknown) => {
    throw new FileRefused(reasonOf(thrown));
  });
  const isFile = (await opened.stat()).isFile();
  if (isFile) return opened;
  await opened.close();
  throw new FileRefused('is not a regular file');
}

async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch((thrown: unknown) => {
    throw new FileRefused(reasonOf(thrown));
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  EISDIR: 'is not a regular file',
  ELOOP: 'is a symbolic link that leads to itself',
};

/** Node's own message names the path on this machine. */
function reasonOf(thrown: unknown): string {
  const code = String(Object(thrown).code);
  return REASONS[code] ?? `cannot be read (${code})`;
}
