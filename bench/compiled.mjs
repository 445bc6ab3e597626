/**
 * Preloaded by the benchmarks: what they import from src/ for its types is loaded from dist/, so
 * that they measure the JavaScript that ships.
 */
import { register } from 'node:module';

const hooks = `export const resolve = (specifier, context, next) =>
  next(specifier.replace(/^((?:\\.\\.\\/)+)src\\//, '$1dist/'), context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
