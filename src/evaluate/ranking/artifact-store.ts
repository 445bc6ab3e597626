/**
 * Stores what an experiment computed under the identity of what made it: vectors of passages,
 * questions and single generated queries, ranks, tuning. A file is written whole or not at all and
 * carries its identity, length and sha256, so that a killed run resumes and a damaged file is
 * computed again.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../base/atomic-write.js';
import { canonicalJson, sha256 } from '../../base/identity.js';

/** JSON values that say what an artifact was made of and with. */
export type Identity = Readonly<Record<string, unknown>>;

interface Header {
  readonly kind: string;
  readonly identity: Identity;
  readonly bytes: number;
  readonly sha256: string;
}

export class ArtifactStore {
  readonly folder: string;
  /** Artifacts read and made by this process, by kind. */
  readonly counts = { read: 0, made: 0 };

  constructor(folder: string) {
    this.folder = folder;
  }

  /** True if there is a file; whether it is damaged is checked when it is read. */
  async has(kind: string, identity: Identity): Promise<boolean> {
    return stat(this.#path(kind, identity)).then(
      () => true,
      () => false,
    );
  }

  /**
   * The stored bytes; computed and stored if there are none or they are damaged. The buffer starts
   * at a multiple of 8.
   */
  async bytes(
    kind: string,
    identity: Identity,
    make: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const path = this.#path(kind, identity);
    const stored = await readSound(path);
    if (stored !== null) {
      this.counts.read++;
      return stored;
    }
    const made = await make();
    const header: Header = { kind, identity, bytes: made.byteLength, sha256: sha256(made) };
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), made]));
    this.counts.made++;
    return made;
  }

  /** The same for a JSON value. */
  async json<T>(kind: string, identity: Identity, make: () => Promise<T>): Promise<T> {
    const bytes = await this.bytes(kind, identity, async () =>
      Buffer.from(JSON.stringify(await make())),
    );
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
  }

  async floats(
    kind: string,
    identity: Identity,
    make: () => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const bytes = await this.bytes(kind, identity, async () => bytesOf(await make()));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  async integers(
    kind: string,
    identity: Identity,
    make: () => Promise<Int32Array>,
  ): Promise<Int32Array> {
    const bytes = await this.bytes(kind, identity, async () => bytesOf(await make()));
    return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  #path(kind: string, identity: Identity): string {
    const key = sha256(Buffer.from(canonicalJson({ kind, ...identity })));
    return join(this.folder, kind, key.slice(0, 2), key);
  }
}

function bytesOf(array: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** null if the file is absent or does not match its header. */
async function readSound(path: string): Promise<Uint8Array | null> {
  const file = await readFile(path).catch(() => null);
  if (file === null) return null;
  const end = file.indexOf(10);
  if (end < 0) return null;
  try {
    const header = JSON.parse(file.toString('utf8', 0, end)) as Header;
    // A copy: typed arrays must start on a multiple of their element size.
    const content = new Uint8Array(file.subarray(end + 1));
    return content.byteLength === header.bytes && sha256(content) === header.sha256
      ? content
      : null;
  } catch {
    return null;
  }
}
