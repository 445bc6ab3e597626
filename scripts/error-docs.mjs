// Writes docs/errors.md from the catalogue of errors (built: dist/base/error-catalogue.js).
// usage: npm run docs:errors
import { writeFileSync } from 'node:fs';
import { catalogue } from '../dist/base/error-catalogue.js';
import { errorDocs } from './error-docs-text.mjs';

writeFileSync('docs/errors.md', errorDocs(catalogue));
