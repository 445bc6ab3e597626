/** MCP over HTTP at /mcp: each request stands alone, with the access of its key; no session is kept. */
import type { App } from '../server/routes/context.js';
import type { Service } from '../server/service.js';

export function addMcp(app: App, service: Service): void {
  app.post('/mcp', { schema: { hide: true } }, async (request, reply) => {
    const [{ StreamableHTTPServerTransport }, { createMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
      import('./tools.js'),
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
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
}
