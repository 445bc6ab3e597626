/**
 * The Model Context Protocol over a service: an assistant can list the indexes, search them and ask
 * why a passage was found.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { describeFailure } from '../base/errors.js';
import { version } from '../base/version.js';
import { searchFields } from '../search/options.js';
import type { Access } from './access.js';
import { explainBody, searchBody } from './requests.js';
import type { Service } from './service.js';

const index = z.string().describe('Name of an index, as list_indexes gives it.');

const { question, augment, filters, k, mode } = searchBody.shape;
const lang = searchFields.lang.optional();

export function createMcpServer(service: Service, access: Access): McpServer {
  const server = new McpServer({ name: 'xqg', version: version() });
  const readOnly = { readOnlyHint: true, openWorldHint: false };
  // What the server cannot do is not offered; what it asks for the model goes out of it.
  const { expand } = searchBody.shape;
  const offered = (service.expansions === null ? {} : { expand }) as {
    readonly expand: typeof expand;
  };
  const asking = { readOnlyHint: true, openWorldHint: service.expansions !== null };
  server.registerTool(
    'list_indexes',
    {
      title: 'List indexes',
      description: 'The document collections that can be searched, with their size and languages.',
      inputSchema: {},
      annotations: readOnly,
    },
    () => told(() => service.list(access)),
  );
  server.registerTool(
    'search',
    {
      title: 'Search',
      description:
        'Finds passages that answer a question. The question may be in another language than the passages; ask in the language of the person.',
      inputSchema: { index, question, lang, augment, filters, k, mode, ...offered },
      annotations: asking,
    },
    ({ index, ...asked }, { signal }) =>
      told(() => service.search(access, index, searchBody.parse(asked), signal)),
  );
  server.registerTool(
    'explain',
    {
      title: 'Explain',
      description:
        'Why a passage is found by a question: its own similarity, the generated queries, the terms.',
      inputSchema: { index, question, id: explainBody.shape.id, lang, mode, ...offered },
      annotations: asking,
    },
    ({ index, ...asked }, { signal }) =>
      told(() => service.explain(access, index, explainBody.parse(asked), signal)),
  );
  return server;
}

/** The answer as JSON; a failure with its code and remedy, which the assistant can act upon. */
async function told(work: () => Promise<unknown>): Promise<CallToolResult> {
  try {
    const answer = await work();
    return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
  } catch (thrown) {
    return {
      isError: true,
      content: [{ type: 'text', text: JSON.stringify(describeFailure(thrown)) }],
    };
  }
}
