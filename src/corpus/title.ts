/** The title of a document that names none: its file. */
import { basename, extname } from 'node:path';

/** `/docs/User_guide.md` is `User guide`. An underscore would join the words of the title to one. */
export function titleFromPath(path: string): string {
  return basename(path, extname(path)).replaceAll('_', ' ').trim();
}
