import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelModules } from '../../scripts/build-kernels.js';

const modules = await kernelModules();

describe('the WebAssembly kernels', () => {
  it.each(modules)('$path is what its source compiles to (npm run build:kernels)', (module) => {
    expect(readFileSync(module.path, 'utf8')).toBe(module.text);
  });

  it('all have a source and a user', () => {
    const built = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.wasm.ts'))
      .map((name) => `src/${name.replaceAll('\\', '/')}`);
    expect(built.sort()).toEqual(modules.map(({ path }) => path.replaceAll('\\', '/')));
    for (const path of built) expect(existsSync(path.replace('.wasm.ts', '.ts'))).toBe(true);
  });
});
