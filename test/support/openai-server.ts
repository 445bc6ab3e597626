/** A real HTTP server that speaks the embeddings and chat API, and misbehaves on request. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the next requests meet, one each; then all is well. */
export type Trouble =
  | {
      readonly status: number;
      readonly retryAfter?: string;
      readonly body?: string;
      readonly location?: string;
    }
  /** An answer that never ends. */
  | 'endless'
  | 'hang'
  | 'cut'
  | 'drop'
  | 'nonsense';

// biome-ignore lint/suspicious/noExplicitAny: bodies of requests are whatever was sent
type Body = any;

export interface OpenAiServer {
  readonly url: string;
  /** Bodies of all requests, and those that were answered well. */
  readonly requests: Body[];
  readonly answered: Body[];
  readonly authorizations: (string | undefined)[];
  readonly times: number[];
  /** Requests whose asker left before an answer. */
  left: number;
  troubles: Trouble[];
  /** A refusal of a request by what it holds; undefined: it is answered. */
  refuse: (body: Body) => { readonly status: number; readonly body: string } | undefined;
  /** How long an answer takes (ms). */
  delay: (body: Body) => number;
  /** Changes what a good answer holds. */
  change: (answer: Body, body: Body) => unknown;
  /** Content of a chat's answer. */
  reply: (body: Body) => string;
  /** Called before a good answer is sent. */
  beforeAnswer: (count: number) => void;
  close(): Promise<void>;
}

const DIM = 8;

/** The vector that the server gives to a text. */
export function vectorOf(text: string): number[] {
  const vector = new Array<number>(DIM).fill(0.1);
  for (let i = 0; i < text.length; i++) vector[text.charCodeAt(i) % DIM] += 1 + (i % 3);
  return vector;
}

export async function startOpenAiServer(): Promise<OpenAiServer> {
  const state: OpenAiServer = {
    url: '',
    requests: [],
    answered: [],
    authorizations: [],
    times: [],
    left: 0,
    troubles: [],
    refuse: () => undefined,
    delay: () => 0,
    change: (whole) => whole,
    reply: () => '{}',
    beforeAnswer: () => {},
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    state.requests.push(body);
    state.authorizations.push(request.headers.authorization);
    state.times.push(performance.now());
    const trouble = state.troubles.shift();
    if (trouble === undefined) {
      const refusal = state.refuse(body);
      if (refusal !== undefined) return send(response, refusal.status, refusal.body);
      const delay = state.delay(body);
      if (delay > 0) await new Promise((done) => setTimeout(done, delay));
      state.answered.push(body);
      state.beforeAnswer(state.answered.length);
      const whole = state.change(answer(request.url ?? '', body, state), body);
      return send(response, 200, typeof whole === 'string' ? whole : JSON.stringify(whole));
    }
    response.once('close', () => {
      if (!response.writableFinished) state.left++;
    });
    if (trouble === 'hang') return;
    if (trouble === 'endless') return endless(response);
    if (trouble === 'drop') return void request.socket.destroy();
    if (trouble === 'nonsense')
      return send(response, 200, '{"choices":[{"message":{"content":"Sure! Here you go"}}]}');
    if (trouble === 'cut') {
      const whole = JSON.stringify(answer(request.url ?? '', body, state));
      return send(response, 200, whole.slice(0, whole.length / 2));
    }
    if (trouble.location !== undefined) response.setHeader('location', trouble.location);
    if (trouble.retryAfter !== undefined) response.setHeader('retry-after', trouble.retryAfter);
    send(response, trouble.status, trouble.body ?? '{"error":"not now"}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
  });
}

function answer(path: string, body: Body, { reply }: OpenAiServer): Body {
  if (path.endsWith('/embeddings')) {
    // Out of order, as the API allows.
    const data = body.input
      .map((text: string, index: number) => ({ index, embedding: vectorOf(text) }))
      .reverse();
    return { data, usage: { prompt_tokens: 10 * body.input.length } };
  }
  const usage = { prompt_tokens: 100, completion_tokens: 50 };
  return { choices: [{ message: { content: reply(body) }, finish_reason: 'stop' }], usage };
}

async function readBody(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = `"${'x'.repeat(2 ** 20)}",`;
  const write = (): void => {
    while (response.write(chunk));
    response.once('drain', write);
  };
  response.write('[');
  write();
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}
