/**
 * Writes docs/errors.md from the catalogue of errors.
 * usage: npm run docs:errors
 */
import { writeFileSync } from 'node:fs';
import { catalogue } from '../src/base/error-catalogue.js';
import { errorDocs } from './error-docs-text.js';

writeFileSync('docs/errors.md', errorDocs(catalogue));
