/** Why an entry of a folder was skipped, for people. */
import type { SkipReason } from '../corpus/reader.js';

export const SKIPPED: Readonly<Record<SkipReason, string>> = {
  format: 'no reader knows the format',
  ignored: 'hidden or node_modules',
  excluded: 'by .gitignore or .xqgignore',
  loop: 'a link to a folder around it',
  repeated: 'a folder that was read by another name',
  empty: 'no text',
  companion: 'belongs to a data set, holds no documents',
  special: 'neither file nor folder',
};
