/**
 * Downloads a model from the hub; models are downloaded nowhere else. A file counts as downloaded
 * once its size and, where the hub states it, its sha256 are right.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { replaceAtomically } from '../base/atomic-write.js';
import { XqgError } from '../base/errors.js';
import { sha256OfFiles } from '../base/identity.js';
import { isHubName, modelsFolder } from './places.js';

interface HubFile {
  readonly rfilename: string;
  readonly size?: number;
  readonly lfs?: { readonly sha256?: string };
}

/** Configuration, tokenizer and pooling; graphs are chosen by dtype. */
const MODEL_FILES =
  /(?:^|\/)(?:config|tokenizer|tokenizer_config|special_tokens_map|modules|sentence_bert_config|generation_config|config_sentence_transformers)\.json$/;

/** The hub names files; none may leave the folder of the model. */
const PLAIN_PATH = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;

/**
 * @param name on the hub, e.g. intfloat/multilingual-e5-small
 * @param suffix of the graphs to download, e.g. `_quantized`; '' for fp32
 * @param onFile called with each file before it is downloaded
 * @returns the model's folder
 * @throws XqgError XQG_MODEL_DOWNLOAD
 */
export async function getModel(
  name: string,
  suffix: string,
  onFile: (path: string, bytes: number | null) => void = () => {},
): Promise<string> {
  if (!isHubName(name)) {
    const problem = 'that is no name on the hub: OWNER/NAME';
    throw new XqgError('XQG_MODEL_DOWNLOAD', { model: name, problem });
  }
  const hub = (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/(?<!\/)\/+$/, '');
  const folder = join(modelsFolder(), name);
  const answer = await request(`${hub}/api/models/${name}?blobs=true`, name);
  const { siblings = [] } = (await answer.json()) as { siblings?: readonly HubFile[] };
  const graph = new RegExp(`(?:^|/)[a-z_]*(?:model|_merged)${suffix}\\.onnx(?:_data)?$`);
  const files = siblings.filter(
    ({ rfilename }) =>
      PLAIN_PATH.test(rfilename) && (MODEL_FILES.test(rfilename) || graph.test(rfilename)),
  );
  if (!files.some(({ rfilename }) => rfilename.endsWith('.onnx'))) {
    throw new XqgError('XQG_MODEL_DOWNLOAD', {
      model: name,
      problem: `the hub has no onnx/model${suffix}.onnx of it`,
    });
  }
  for (const file of files) {
    const target = join(folder, file.rfilename);
    if (await isWhole(target, file)) continue;
    onFile(file.rfilename, file.size ?? null);
    await mkdir(dirname(target), { recursive: true });
    const { body } = await request(`${hub}/${name}/resolve/main/${file.rfilename}`, name);
    await replaceAtomically(target, async (temporary) => {
      try {
        await pipeline(Readable.fromWeb(body as never), createWriteStream(temporary));
      } catch (cause) {
        const problem = (cause as Error).message;
        throw new XqgError('XQG_MODEL_DOWNLOAD', { model: name, problem }, { cause });
      }
      if (await isWhole(temporary, file)) return;
      const problem = `${file.rfilename} arrived damaged`;
      throw new XqgError('XQG_MODEL_DOWNLOAD', { model: name, problem });
    });
  }
  return folder;
}

async function request(url: string, model: string): Promise<Response> {
  const token = process.env.HF_TOKEN;
  try {
    const response = await fetch(
      url,
      token ? { headers: { authorization: `Bearer ${token}` } } : {},
    );
    if (response.ok) return response;
    throw new Error(`${url}: status ${response.status}`);
  } catch (error) {
    const { message, cause } = error as Error;
    const problem = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new XqgError('XQG_MODEL_DOWNLOAD', { model, problem }, { cause: error });
  }
}

async function isWhole(path: string, { size, lfs }: HubFile): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || (size !== undefined && found.size !== size)) return false;
  return lfs?.sha256 === undefined || (await sha256OfFiles(path)) === lfs.sha256;
}
