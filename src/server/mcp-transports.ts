/** MCP over HTTP and over stdin and stdout. The SDK is loaded when the first assistant connects. */
import { FULL_ACCESS } from './access.js';
import type { App } from './routes/context.js';
import type { Service } from './service.js';

/**
 * MCP over HTTP at /mcp: each request stands alone, with the access of its key; no session is kept.
 */
export function addMcp(app: App, service: Service): void {
  app.post('/mcp', { schema: { hide: true } }, async (request, reply) => {
    const [{ StreamableHTTPServerTransport }, { createMcpServer }, { withoutNullArguments }] =
      await Promise.all([
        import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
        import('./mcp.js'),
        import('./mcp-arguments.js'),
      ]);
    const server = createMcpServer(service, request.access);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: undefined,
      enableJsonResponse: true,
    });
    await server.connect(transport);
    reply.hijack();
    reply.raw.once('close', () => void server.close());
    reply.raw.setHeader('x-request-id', request.id);
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
  const server = createMcpServer(service, FULL_ACCESS);
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
