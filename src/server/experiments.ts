/** The folders of experiment runs below one folder: each with results.json, report.html or both. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../base/errors.js';
import { type Access, isRestricted } from './access.js';
import type { ExperimentsResponse } from './responses.js';

const RESULTS = 'results.json';
const REPORT = 'report.html';

export class Experiments {
  /** @param folder null: there are none */
  constructor(readonly folder: string | null) {}

  /** Newest first. An experiment may show any index, so that only who may use all sees them. */
  async list(access: Access): Promise<ExperimentsResponse> {
    if (this.folder === null || isRestricted(access)) return { experiments: [] };
    const entries = await readdir(this.folder, { withFileTypes: true }).catch(() => []);
    const experiments: ExperimentsResponse['experiments'][number][] = [];
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const [results, report] = await Promise.all(
        [RESULTS, REPORT].map((file) =>
          stat(join(this.folder!, entry.name, file)).catch(() => null),
        ),
      );
      const updated = Math.max(results?.mtimeMs ?? 0, report?.mtimeMs ?? 0);
      if (updated === 0) continue;
      experiments.push({
        name: entry.name,
        updated: new Date(updated).toISOString(),
        results: results !== null,
        report: report !== null,
      });
    }
    return { experiments: experiments.sort((a, b) => (a.updated < b.updated ? 1 : -1)) };
  }

  /** @throws XqgError XQG_EXPERIMENT_UNKNOWN */
  async results(access: Access, name: string): Promise<unknown> {
    return JSON.parse(await this.#read(access, name, RESULTS));
  }

  /** @throws XqgError XQG_EXPERIMENT_UNKNOWN */
  async report(access: Access, name: string): Promise<string> {
    return this.#read(access, name, REPORT);
  }

  async #read(access: Access, name: string, file: string): Promise<string> {
    // Only names that the list gives: nothing else is joined to the folder.
    const { experiments } = await this.list(access);
    const experiment = experiments.find((each) => each.name === name);
    const exists = file === RESULTS ? experiment?.results : experiment?.report;
    if (!exists) throw new XqgError('XQG_EXPERIMENT_UNKNOWN', { experiment: name });
    return readFile(join(this.folder!, name, file), 'utf8');
  }
}
