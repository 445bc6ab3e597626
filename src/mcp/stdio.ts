/** MCP over stdin and stdout, for an assistant that starts xqg itself. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { FULL_ACCESS } from '../server/access.js';
import type { Service } from '../server/service.js';
import { createMcpServer } from './tools.js';

/** Serves until stdin ends or the signal is aborted. */
export async function serveStdio(service: Service, signal: AbortSignal): Promise<void> {
  const server = createMcpServer(service, FULL_ACCESS);
  const transport = new StdioServerTransport();
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once('end', () => void server.close());
    signal.addEventListener('abort', () => void server.close(), { once: true });
  });
  await server.connect(transport);
  await closed;
}
