/** Apache Arrow in the copy that LanceDB loads: its modules in the other format would be a second one, and take a tenth of a second. */
import { createRequire } from 'node:module';
import type * as Arrow from 'apache-arrow';

export const arrow = createRequire(import.meta.url)('apache-arrow') as typeof Arrow;
