/**
 * Limits how many reads run at once and how many wait. Clients take turns, so that one that asks
 * much delays itself and not the others. Whoever finds no room is refused at once, with the time
 * after which to try again: the queue never grows and no response comes too late.
 */
import { untilAborted } from '../base/abort.js';
import { XqgError } from '../base/errors.js';

export interface GateOptions {
  /** Searches at once. One long read, such as a coverage, may run beside them. */
  readonly running: number;
  /** Of both kinds together. */
  readonly waiting: number;
  /** A read that takes longer, waiting included, is aborted. */
  readonly timeoutMs: number;
}

/** Who wants to read, and what ends the reading. */
export interface Reader {
  /** Tells clients apart. */
  readonly client: string;
  /** Aborted when the client has hung up. */
  readonly signal: AbortSignal;
}

/** A long read never takes the place of a search. */
type Lane = 'search' | 'long';

interface Turn {
  readonly lane: Lane;
  start(): void;
  refuse(error: XqgError): void;
}

const LONG_READS = 1;

export class Gate {
  readonly #options: GateOptions;
  /** In the order in which the clients are next. */
  readonly #queues = new Map<string, Turn[]>();
  readonly #running: Record<Lane, number> = { search: 0, long: 0 };
  readonly #idle: (() => void)[] = [];
  #waiting = 0;
  /** Moving average of the duration of a read, in milliseconds. */
  #meanMs = 20;
  /** Reads that were refused so far. */
  shed = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** For one read, waiting included. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  get running(): number {
    return this.#running.search + this.#running.long;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Before the body of a request is read: a refusal costs little then.
   * @throws XqgError XQG_SERVER_BUSY
   */
  requireRoom(client: string): void {
    const hasRoom = this.#waiting < this.#options.waiting || this.#isFree('search');
    if (!hasRoom && this.#greediest(client) === null) throw this.#busy();
  }

  /**
   * Runs work in its turn, which lasts until the work has really ended.
   * @param since when the client began to wait, by `performance.now()`; default: now
   * @throws XqgError XQG_SERVER_BUSY, XQG_REQUEST_TOO_SLOW; an AbortError if the client hung up
   */
  async run<T>(
    { client, signal: clientSignal }: Reader,
    work: (signal: AbortSignal) => Promise<T>,
    { lane = 'search', since = performance.now() }: { lane?: Lane; since?: number } = {},
  ): Promise<T> {
    const { timeoutMs } = this.#options;
    clientSignal.throwIfAborted();
    const late = AbortSignal.timeout(
      Math.max(0, Math.round(timeoutMs - (performance.now() - since))),
    );
    const signal = AbortSignal.any([clientSignal, late]);
    try {
      await this.#turn(client, lane, signal);
      const started = performance.now();
      const result = (async () => work(signal))();
      const end = (): void => {
        this.#meanMs += (performance.now() - started - this.#meanMs) / 20;
        this.#running[lane]--;
        this.#startNext();
      };
      result.then(end, end);
      return await untilAborted(result, signal);
    } catch (error) {
      if (clientSignal.aborted || !late.aborted) throw error;
      throw new XqgError('XQG_REQUEST_TOO_SLOW', { seconds: timeoutMs / 1000 }, { cause: error });
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  async onIdle(): Promise<void> {
    if (this.running + this.#waiting > 0) await new Promise<void>((next) => this.#idle.push(next));
  }

  /** Resolves when it is this client's turn. */
  async #turn(client: string, lane: Lane, signal: AbortSignal): Promise<void> {
    if (this.#waiting >= this.#options.waiting && !this.#isFree(lane)) {
      const greediest = this.#greediest(client);
      if (greediest === null) throw this.#busy();
      this.#remove(greediest, this.#queues.get(greediest)!.at(-1)!).refuse(this.#busy());
    }
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(client, turn);
        reject(signal.reason);
        this.#startNext();
      };
      const settle = (): void => signal.removeEventListener('abort', onAbort);
      const turn: Turn = {
        lane,
        start: () => {
          settle();
          resolve();
        },
        refuse: (error) => {
          settle();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queues.set(client, [...(this.#queues.get(client) ?? []), turn]);
      this.#waiting++;
      this.#startNext();
    });
  }

  #isFree(lane: Lane): boolean {
    return this.#running[lane] < (lane === 'search' ? this.#options.running : LONG_READS);
  }

  /** Starts what can start, one turn of a client after one of another. */
  #startNext(): void {
    for (let hasStarted = true; hasStarted; ) {
      hasStarted = false;
      for (const [client, turns] of [...this.#queues]) {
        const turn = turns.find(({ lane }) => this.#isFree(lane));
        if (turn === undefined) continue;
        this.#remove(client, turn);
        const others = this.#queues.get(client);
        // To the end of the line.
        if (others !== undefined) {
          this.#queues.delete(client);
          this.#queues.set(client, others);
        }
        this.#running[turn.lane]++;
        turn.start();
        hasStarted = true;
      }
    }
    if (this.running + this.#waiting > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #remove(client: string, turn: Turn): Turn {
    const turns = (this.#queues.get(client) ?? []).filter((other) => other !== turn);
    if (turns.length === 0) this.#queues.delete(client);
    else this.#queues.set(client, turns);
    this.#waiting--;
    return turn;
  }

  /** The client that has most waiting, if it would still have as much as this one without one. */
  #greediest(client: string): string | null {
    const own = this.#queues.get(client)?.length ?? 0;
    let most = own + 1;
    let greediest: string | null = null;
    for (const [other, { length }] of this.#queues) {
      if (length <= most) continue;
      most = length;
      greediest = other;
    }
    return greediest;
  }

  #busy(): XqgError {
    this.shed++;
    const { running } = this.#options;
    const seconds = Math.max(1, Math.ceil((this.#waiting * this.#meanMs) / running / 1000));
    return new XqgError('XQG_SERVER_BUSY', { what: 'searches', seconds });
  }
}
