/**
 * How much clients may leave with a server before it is indexed: uploads at once, jobs that wait,
 * and bytes on its disk, for one client at most a part of them all.
 */
import { XqgError } from '../../base/errors.js';

export interface RoomOptions {
  /** Jobs that wait for one index; one client has at most half of them. Default 40. */
  readonly waiting?: number;
  /** Bytes of all uploads that are not indexed yet; one client has at most half. Default 4 GB. */
  readonly bytes?: number;
  /** Bytes of one request, all its files together. Default 250 MB. */
  readonly requestBytes?: number;
}

/** Uploads at once, of all clients and of one. */
const UPLOADS = 64;
const UPLOADS_PER_CLIENT = 8;
/** Seconds after which to try again. */
const AGAIN = 30;

/** What one job takes of the room, from the first byte of its request until it is discarded. */
export interface Space {
  readonly client: string;
  readonly index: string;
  state: 'upload' | 'waiting' | 'running' | 'kept';
  bytes: number;
}

export class Room {
  readonly #spaces = new Set<Space>();
  readonly #waiting: number;
  readonly #bytes: number;
  readonly #requestBytes: number;

  constructor({ waiting = 40, bytes = 4e9, requestBytes = 250e6 }: RoomOptions) {
    this.#waiting = waiting;
    this.#bytes = bytes;
    this.#requestBytes = requestBytes;
  }

  /**
   * Room for an upload.
   * @throws XqgError XQG_SERVER_BUSY
   */
  reserve(client: string, index: string): Space {
    const uploads = this.#those(({ state }) => state === 'upload');
    const left = this.#those((space) => space.index === index && space.state !== 'upload');
    const waiting = left.filter(({ state }) => state !== 'running');
    const own = (spaces: readonly Space[]) => spaces.filter((space) => space.client === client);
    if (uploads.length >= UPLOADS) throw busy('uploads');
    if (own(uploads).length >= UPLOADS_PER_CLIENT) throw busy('uploads of this client');
    if (waiting.length >= this.#waiting) throw busy('jobs');
    if (own(waiting).length >= Math.ceil(this.#waiting / 2)) throw busy('jobs of this client');
    return this.take({ client, index, state: 'upload', bytes: 0 });
  }

  /** What is there already, without a limit. */
  take(space: Space): Space {
    this.#spaces.add(space);
    return space;
  }

  /** @throws XqgError XQG_REQUEST_TOO_LARGE, XQG_SERVER_BUSY */
  grow(space: Space, bytes: number): void {
    space.bytes += bytes;
    if (space.bytes > this.#requestBytes) {
      const limit = `${this.#requestBytes.toLocaleString('en-US')} bytes`;
      throw new XqgError('XQG_REQUEST_TOO_LARGE', {
        what: 'request',
        limit,
        option: '--max-request',
      });
    }
    const sum = (spaces: readonly Space[]) => spaces.reduce((total, each) => total + each.bytes, 0);
    if (sum(this.#those(() => true)) > this.#bytes) throw busy('uploads');
    if (sum(this.#those(({ client }) => client === space.client)) > this.#bytes / 2)
      throw busy('uploads of this client');
  }

  free(space: Space): void {
    this.#spaces.delete(space);
  }

  #those(are: (space: Space) => boolean): Space[] {
    return [...this.#spaces].filter(are);
  }
}

function busy(what: string): XqgError {
  return new XqgError('XQG_SERVER_BUSY', { what, seconds: AGAIN });
}
