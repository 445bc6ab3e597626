/**
 * What the manifest of a version of a Lance table names. It may come from a stranger, and Lance
 * would read from whatever folder or address it names: only what xqg's own tables have is let
 * through. Numbers of fields are those of Lance's table.proto.
 */

/** Names of data files, made at random. */
const DATA_FILE = /^[01]{24}[0-9a-f]{26}\.lance$/;
const TRANSACTION_FILE = /^[\w-]{1,100}\.txn$/;

const MANIFEST = { fragments: 2, transactionFile: 12 } as const;
/** Fields, fragments, metadata, writer, time, transaction, format, configuration. */
const MANIFEST_MESSAGES = new Set([1, 2, 5, 7, 12, 13, 15, 16, 19]);
const FRAGMENT = { files: 2, deletions: 3 } as const;
/** Not: rows by a number of their own, which may be in any file. */
const FRAGMENT_FIELDS = new Set([1, 2, 3, 4]);
const FILE = { path: 1 } as const;
/** Not: a base, which is any folder or address. */
const FILE_FIELDS = new Set([1, 2, 3, 4, 5, 6]);
const DELETION_FIELDS = new Set([1, 2, 3, 4]);

/**
 * The data files of a version.
 * @param message the protobuf message in the file of the version
 * @throws Error where it names anything else, or is no such message
 */
export function dataFilesIn(message: Buffer): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { number, bytes } of fieldsOf(message)) {
    if (bytes === null) continue;
    if (!MANIFEST_MESSAGES.has(number)) throw foreign();
    if (number === MANIFEST.transactionFile && !TRANSACTION_FILE.test(bytes.toString('utf8')))
      throw foreign();
    if (number === MANIFEST.fragments) addFiles(bytes, names);
  }
  return names;
}

function addFiles(fragment: Buffer, names: Set<string>): void {
  for (const { number, bytes } of fieldsOf(fragment)) {
    if (!FRAGMENT_FIELDS.has(number)) throw foreign();
    if (number === FRAGMENT.files && bytes !== null) names.add(pathOf(bytes));
    if (number === FRAGMENT.deletions && bytes !== null)
      for (const field of fieldsOf(bytes)) if (!DELETION_FIELDS.has(field.number)) throw foreign();
  }
}

function pathOf(file: Buffer): string {
  let path = '';
  for (const { number, bytes } of fieldsOf(file)) {
    if (!FILE_FIELDS.has(number)) throw foreign();
    if (number === FILE.path) path = bytes?.toString('utf8') ?? '';
  }
  if (!DATA_FILE.test(path)) throw foreign();
  return path;
}

function foreign(): Error {
  return new Error('it names what tables of xqg do not have');
}

interface Field {
  readonly number: number;
  /** null: a number. */
  readonly bytes: Buffer | null;
}

/** The fields of a protobuf message. @throws Error where it is none */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= message.length || factor > 2 ** 63) throw new Error('it is cut off');
      const byte = message[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = next();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === 0) {
      next();
      yield { number, bytes: null };
      continue;
    }
    const length = type === 2 ? next() : type === 1 ? 8 : type === 5 ? 4 : -1;
    if (length < 0 || at + length > message.length) throw new Error('it is cut off');
    yield { number, bytes: type === 2 ? message.subarray(at, at + length) : null };
    at += length;
  }
}
