/** MCP over HTTP and over stdin and stdout. The SDK is loaded when the first assistant connects. */
import { XqgError } from '../base/errors.js';
import { FULL_ACCESS } from './access.js';
import type { App } from './routes/context.js';
import type { Service } from './service.js';

/** Messages of one request. */
const LONGEST_BATCH = 10;

/**
 * MCP over HTTP at /mcp: each request stands alone, with the access of its key; no session is kept.
 */
export function addMcp(app: App, service: Service): void {
  for (const method of ['get', 'delete'] as const) {
    app[method]('/mcp', { schema: { hide: true } }, async (_, reply) => {
      reply.code(405).header('allow', 'POST');
      throw new XqgError('XQG_REQUEST_INVALID', { problems: 'no session is kept at /mcp' });
    });
  }
  app.post('/mcp', { schema: { hide: true } }, async (request, reply) => {
    if (Array.isArray(request.body) && request.body.length > LONGEST_BATCH) {
      const problems = `it has more than ${LONGEST_BATCH} messages`;
      throw new XqgError('XQG_REQUEST_INVALID', { problems });
    }
    const [{ StreamableHTTPServerTransport }, { createMcpServer }, { withoutNullArguments }] =
      await Promise.all([
        import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
        import('./mcp.js'),
        import('./mcp-arguments.js'),
      ]);
    const server = createMcpServer(service, request.caller);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: undefined,
      enableJsonResponse: true,
    });
    await server.connect(transport);
    reply.hijack();
    reply.raw.once('close', () => void server.close());
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    await transport.handleRequest(request.raw, reply.raw, withoutNullArguments(request.body));
  });
}

/** Serves until stdin ends or the signal is aborted. */
export async function serveStdio(service: Service, signal: AbortSignal): Promise<void> {
  const [{ StdioServerTransport }, { createMcpServer }, { withoutNullArguments }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('./mcp.js'),
      import('./mcp-arguments.js'),
    ]);
  const server = createMcpServer(service, { access: FULL_ACCESS, client: 'stdio', signal });
  const transport = new StdioServerTransport();
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', () => void server.close());
    signal.addEventListener('abort', () => void server.close(), { once: true });
  });
  await server.connect(transport);
  const { onmessage } = transport;
  transport.onmessage = (message) => onmessage?.(withoutNullArguments(message));
  await closed;
}
