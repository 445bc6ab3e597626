/**
 * From an expander's spec to the expander: `openai:MODEL`, or a JSONL file of recorded expansions.
 */
import { XqgError } from '../base/errors.js';
import { type EndpointFields, endpointOf } from '../models/remote/endpoint.js';
import type { Expander } from './expander.js';

export interface OpenExpanderOptions {
  /**
   * Name of a shipped prompt (zero-shot, few-shot, rephrase, rephrase-few-shot), or a file. Default
   * zero-shot.
   */
  readonly prompt?: string;
  /** Settings of an endpoint, or a file of them. */
  readonly endpoint?: string | EndpointFields;
  readonly signal?: AbortSignal;
}

/**
 * @param spec `openai:MODEL`, or the path of a JSONL file of {question, text, lang}
 * @throws XqgError XQG_UNKNOWN_EXPANDER, and what opening throws
 */
export async function openExpander(
  spec: string,
  options: OpenExpanderOptions = {},
): Promise<Expander> {
  if (spec.startsWith('openai:')) {
    const { ChatExpander } = await import('./chat.js');
    const { prompt, signal } = options;
    return ChatExpander.open(spec.slice('openai:'.length), {
      endpoint: endpointOf(options.endpoint),
      prompt,
      signal,
    });
  }
  if (!/\.jsonl(\.gz)?$/.test(spec)) throw new XqgError('XQG_UNKNOWN_EXPANDER', { expander: spec });
  const { RecordedExpander } = await import('./recorded.js');
  return RecordedExpander.open(spec);
}
