/**
 * The Model Context Protocol over a service: an assistant can list the indexes, search them and ask
 * why a passage was found.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { describeFailure } from '../base/errors.js';
import { version } from '../base/version.js';
import { shapeIn } from '../search/options.js';
import type { Caller } from './guards.js';
import { explainBody, searchBody } from './requests.js';
import type { Service } from './service.js';

const index = z.string().describe('Name of an index, as list_indexes gives it.');

const { question, expand } = searchBody.shape;

export function createMcpServer(service: Service, caller: Caller): McpServer {
  // The signal of a call also ends it.
  const calling = (signal: AbortSignal): Caller => ({
    ...caller,
    signal: AbortSignal.any([caller.signal, signal]),
  });
  const server = new McpServer({ name: 'xqg', version: version() });
  const readOnly = { readOnlyHint: true, openWorldHint: false };
  // What the server cannot do is not offered.
  const expansion = (service.expansions === null ? {} : { expand }) as {
    readonly expand: typeof expand;
  };
  // A question that a model expands leaves the server.
  const searching = { readOnlyHint: true, openWorldHint: service.expansions !== null };
  server.registerTool(
    'list_indexes',
    {
      title: 'List indexes',
      description: 'The document collections that can be searched, with their size and languages.',
      inputSchema: {},
      annotations: readOnly,
    },
    (_, { signal }) => resultOf(() => service.list(calling(signal))),
  );
  server.registerTool(
    'search',
    {
      title: 'Search',
      description:
        'Finds passages that answer a question. The question may be in another language than the passages; ask in the language of the person.',
      inputSchema: { index, question, ...shapeIn('mcp search'), ...expansion },
      annotations: searching,
    },
    ({ index, ...body }, { signal }) =>
      resultOf(() => service.search(calling(signal), index, searchBody.parse(body))),
  );
  server.registerTool(
    'explain',
    {
      title: 'Explain',
      description:
        'Why a passage is found by a question: its own similarity, the generated queries, the terms.',
      inputSchema: {
        index,
        question,
        id: explainBody.shape.id,
        ...shapeIn('mcp explain'),
        ...expansion,
      },
      annotations: searching,
    },
    ({ index, ...body }, { signal }) =>
      resultOf(() => service.explain(calling(signal), index, explainBody.parse(body))),
  );
  return server;
}

/** A result as JSON; a failure with its code and remedy, on which the assistant can act. */
async function resultOf(work: () => Promise<unknown>): Promise<CallToolResult> {
  try {
    return { content: [{ type: 'text', text: JSON.stringify(await work()) }] };
  } catch (thrown) {
    return {
      isError: true,
      content: [{ type: 'text', text: JSON.stringify(describeFailure(thrown)) }],
    };
  }
}
