/**
 * Reads Python pickles of arrays and ids as data. A pickle is a program; this machine knows only
 * the operations that build numbers, texts, lists, tuples and NumPy arrays, calls nothing, and
 * refuses everything else (https://docs.python.org/3/library/pickletools.html, protocols 3 to 5).
 * Large byte strings are not read: they stay where they are in the file.
 */
import type { FileHandle } from 'node:fs/promises';
import { fileError } from './matrix-file.js';
import type { NumpyArray } from './npy.js';
import { FileBytes, PickleReader } from './pickle-reader.js';

/** What a pickle may mean. Tuples and lists are arrays. */
export type PickledValue =
  | null
  | boolean
  | number
  | string
  | FileBytes
  | PickledArray
  | Global
  | PickledValue[]
  | Dtype;

/** A NumPy array; complete when its state was set. */
export class PickledArray {
  array: NumpyArray | null = null;
}

class Dtype {
  byteOrder = '<';
  constructor(readonly type: string) {}
}

/** A name that the pickle would import. */
class Global {
  constructor(readonly name: string) {}
}

const MARK = Symbol('mark');
type Slot = PickledValue | typeof MARK;

/** The names that NumPy's arrays are made with, of NumPy 1 and 2. */
const RECONSTRUCT = ['numpy.core.multiarray._reconstruct', 'numpy._core.multiarray._reconstruct'];
const FROM_BUFFER = ['numpy.core.numeric._frombuffer', 'numpy._core.numeric._frombuffer'];
const KNOWN = [...RECONSTRUCT, ...FROM_BUFFER, 'numpy.ndarray', 'numpy.dtype'];

/**
 * Reads the file's only value.
 * @throws XqgError XQG_VECTOR_FILE naming the byte of what is refused
 */
export async function readPickle(
  path: string,
  handle: FileHandle,
  size: number,
): Promise<PickledValue> {
  return new Machine(path, handle, size).run();
}

class Machine {
  readonly #path: string;
  readonly #reader: PickleReader;
  readonly #memo: PickledValue[] = [];
  readonly #stack: Slot[] = [];

  constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
    this.#reader = new PickleReader(path, handle, size);
  }

  async run(): Promise<PickledValue> {
    for (;;) {
      const { at } = this.#reader;
      const op = await this.#reader.number(1);
      if (op === 0x2e) break; // STOP
      if (!(await this.#step(op))) {
        throw this.#reader.refusal(at, `the operation 0x${op.toString(16).padStart(2, '0')}`);
      }
    }
    const value = this.#pop();
    if (this.#stack.length > 0) throw this.#reader.damage();
    return value;
  }

  /** Does one operation; false if it is none of those that data need. */
  async #step(op: number): Promise<boolean> {
    switch (op) {
      case 0x80: // PROTO
        this.#checkProtocol(await this.#reader.number(1));
        return true;
      case 0x95: // FRAME: its length changes nothing
        await this.#reader.number(8);
        return true;
      case 0x28: // MARK
        this.#stack.push(MARK);
        return true;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.#stack.push([]);
        return true;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return true;
      case 0x65: // APPENDS
        this.#append(this.#popMarked());
        return true;
      case 0x74: // TUPLE
        this.#stack.push(this.#popMarked());
        return true;
      case 0x85: // TUPLE1, 2, 3
      case 0x86:
      case 0x87:
        this.#stack.push(this.#popMany(op - 0x84));
        return true;
      case 0x4e: // NONE
        this.#stack.push(null);
        return true;
      case 0x88: // NEWTRUE, NEWFALSE
      case 0x89:
        this.#stack.push(op === 0x88);
        return true;
      case 0x4b: // BININT1, BININT2, BININT
        this.#stack.push(await this.#reader.number(1));
        return true;
      case 0x4d:
        this.#stack.push(await this.#reader.number(2));
        return true;
      case 0x4a:
        this.#stack.push((await this.#reader.number(4)) | 0);
        return true;
      case 0x8a: // LONG1
        this.#stack.push(await this.#reader.long());
        return true;
      case 0x8c: // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
        this.#stack.push(await this.#reader.text(1));
        return true;
      case 0x58:
        this.#stack.push(await this.#reader.text(4));
        return true;
      case 0x8d:
        this.#stack.push(await this.#reader.text(8));
        return true;
      case 0x43: // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
        this.#stack.push(await this.#reader.bytes(1));
        return true;
      case 0x42:
        this.#stack.push(await this.#reader.bytes(4));
        return true;
      case 0x8e:
      case 0x96:
        this.#stack.push(await this.#reader.bytes(8));
        return true;
      case 0x94: // MEMOIZE, BINPUT, LONG_BINPUT
        this.#memo.push(this.#top());
        return true;
      case 0x71:
        this.#memo[await this.#reader.number(1)] = this.#top();
        return true;
      case 0x72:
        this.#memo[await this.#reader.number(4)] = this.#top();
        return true;
      case 0x68: // BINGET, LONG_BINGET
        return this.#recall(await this.#reader.number(1));
      case 0x6a:
        return this.#recall(await this.#reader.number(4));
      case 0x63: // GLOBAL, STACK_GLOBAL
        return this.#global(`${await this.#reader.line()}.${await this.#reader.line()}`);
      case 0x93: {
        const [module, name] = this.#popMany(2);
        return this.#global(`${module}.${name}`);
      }
      case 0x52: // REDUCE
        return this.#reduce();
      case 0x62: // BUILD
        return this.#build();
      default:
        return false;
    }
  }

  #checkProtocol(protocol: number): void {
    if (protocol >= 3 && protocol <= 5) return;
    const mend = 'save it again with pickle.dump(value, file, protocol=4)';
    throw fileError(
      this.#path,
      `it is a pickle of protocol ${protocol}; 3 to 5 are read (${mend})`,
    );
  }

  /** A list grows in place, since the memo may hold it. */
  #append(values: readonly PickledValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#reader.damage();
    for (const value of values) list.push(value);
  }

  #recall(key: number): boolean {
    if (!(key in this.#memo)) throw this.#reader.damage();
    this.#stack.push(this.#memo[key]);
    return true;
  }

  #global(name: string): boolean {
    if (!KNOWN.includes(name)) throw this.#reader.refusal(this.#reader.at, `the name ${name}`);
    this.#stack.push(new Global(name));
    return true;
  }

  #reduce(): boolean {
    const [callee, args] = this.#popMany(2);
    if (!(callee instanceof Global) || !Array.isArray(args)) throw this.#reader.damage();
    if (RECONSTRUCT.includes(callee.name)) {
      this.#stack.push(new PickledArray());
    } else if (callee.name === 'numpy.dtype') {
      if (typeof args[0] !== 'string') throw this.#reader.damage();
      this.#stack.push(new Dtype(args[0]));
    } else if (FROM_BUFFER.includes(callee.name)) {
      const [bytes, dtype, shape, order] = args;
      const array = new PickledArray();
      array.array = this.#array(bytes, dtype, shape, order === 'F');
      this.#stack.push(array);
    } else {
      throw this.#reader.refusal(this.#reader.at, `a call of ${callee.name}`);
    }
    return true;
  }

  /**
   * Sets the state of an array, (version, shape, dtype, fortran, bytes), or of a dtype, (version,
   * byte order, ...).
   */
  #build(): boolean {
    const [target, state] = this.#popMany(2);
    if (!Array.isArray(state)) throw this.#reader.damage();
    if (target instanceof Dtype) {
      if (typeof state[1] !== 'string') throw this.#reader.damage();
      target.byteOrder = state[1];
    } else if (target instanceof PickledArray) {
      target.array = this.#array(state[4], state[2], state[1], state[3] === true);
    } else {
      throw this.#reader.damage();
    }
    this.#stack.push(target);
    return true;
  }

  #array(
    bytes: PickledValue,
    dtype: PickledValue,
    shape: PickledValue,
    fortran: boolean,
  ): NumpyArray {
    const isShape = Array.isArray(shape) && shape.every((size) => typeof size === 'number');
    if (!(bytes instanceof FileBytes && dtype instanceof Dtype && isShape)) {
      throw this.#reader.refusal(this.#reader.at, 'an array that does not hold plain numbers');
    }
    const numbers = (shape as number[]).reduce((product, size) => product * size, 1);
    if (numbers * Number(dtype.type.slice(1)) !== bytes.length) throw this.#reader.damage();
    return {
      descr: `${dtype.byteOrder}${dtype.type}`,
      shape: shape as number[],
      fortran,
      offset: bytes.offset,
    };
  }

  #top(): PickledValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw this.#reader.damage();
    return value;
  }

  #pop(): PickledValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): PickledValue[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popMarked(): PickledValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw this.#reader.damage();
    return this.#stack.splice(mark).slice(1) as PickledValue[];
  }
}
