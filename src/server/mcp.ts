/**
 * The Model Context Protocol over a service: an assistant can list the indexes, search them and ask
 * why a passage was found.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool,
  type ToolAnnotations,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { describeFailure } from '../base/errors.js';
import { version } from '../base/version.js';
import { shapeIn } from '../search/options.js';
import type { Caller } from './guards.js';
import { toolArguments } from './mcp-arguments.js';
import { explainBody, searchBody } from './requests.js';
import type { Service } from './service.js';

interface ServedTool {
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly annotations: ToolAnnotations;
  /** @param given whatever the assistant sent */
  call(given: unknown, signal: AbortSignal): Promise<unknown>;
}

const index = z.string().describe('Name of an index, as list_indexes gives it.');

const { question, expand } = searchBody.shape;

export function createMcpServer(service: Service, caller: Caller): Server {
  const tools = toolsOf(service, caller);
  const server = new Server(
    { name: 'xqg', version: version() },
    { capabilities: { tools: { listChanged: true } } },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(tools).map(([name, { title, description, input, annotations }]) => ({
      ...{ name, title, description, annotations },
      inputSchema: z.toJSONSchema(input, { target: 'draft-7', io: 'input' }) as Tool['inputSchema'],
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) => {
    const { name, arguments: given } = params;
    if (!Object.hasOwn(tools, name)) {
      const known = Object.keys(tools).join(', ');
      throw new McpError(ErrorCode.InvalidParams, `There is no tool ${name}; there are ${known}`);
    }
    return resultOf(() => tools[name].call(given, signal));
  });
  return server;
}

function toolsOf(service: Service, caller: Caller): Readonly<Record<string, ServedTool>> {
  // The signal of a call also ends it.
  const calling = (signal: AbortSignal): Caller => ({
    ...caller,
    signal: AbortSignal.any([caller.signal, signal]),
  });
  const readOnly = { readOnlyHint: true, openWorldHint: false };
  // What the server cannot do is not offered.
  const expansion = (service.expansions === null ? {} : { expand }) as {
    readonly expand: typeof expand;
  };
  // A question that a model expands leaves the server.
  const searching = { readOnlyHint: true, openWorldHint: service.expansions !== null };
  const listInput = z.strictObject({});
  const searchInput = z.strictObject({
    index,
    question,
    ...shapeIn('mcp search'),
    ...expansion,
  });
  const explainInput = z.strictObject({
    index,
    question,
    id: explainBody.shape.id,
    ...shapeIn('mcp explain'),
    ...expansion,
  });
  return {
    list_indexes: {
      title: 'List indexes',
      description: 'The document collections that can be searched, with their size and languages.',
      input: listInput,
      annotations: readOnly,
      call: async (given, signal) => {
        toolArguments('list_indexes', listInput, given);
        return service.list(calling(signal));
      },
    },
    search: {
      title: 'Search',
      description:
        'Finds passages that answer a question. The question may be in another language than the passages; ask in the language of the person.',
      input: searchInput,
      annotations: searching,
      call: async (given, signal) => {
        const { index: name, ...body } = toolArguments('search', searchInput, given);
        return service.search(calling(signal), name, searchBody.parse(body));
      },
    },
    explain: {
      title: 'Explain',
      description:
        'Why a passage is found by a question: its own similarity, the generated queries, the terms.',
      input: explainInput,
      annotations: searching,
      call: async (given, signal) => {
        const { index: name, ...body } = toolArguments('explain', explainInput, given);
        return service.explain(calling(signal), name, explainBody.parse(body));
      },
    },
  };
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
