// Compiles every WebAssembly kernel of src/ (NAME.wat) into a module with its bytes in base64
// (NAME.wasm.ts), so that neither tests nor the package need a compiler or read a file at startup.
// usage: npm run build:kernels
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

export interface KernelModule {
  readonly path: string;
  readonly text: string;
}

/** The modules as they should be. */
export async function kernelModules(): Promise<KernelModule[]> {
  const { parseWat } = await wabt();
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wat'))
    .sort()
    .map((name) => {
      const source = join('src', name);
      const module = parseWat(source, readFileSync(source, 'utf8'), { simd: true });
      module.resolveNames();
      module.validate();
      const bytes = Buffer.from(module.toBinary({}).buffer);
      module.destroy();
      const text =
        `/** Generated from ${basename(name)} by npm run build:kernels. */\n` +
        `export const MODULE =\n  '${bytes.toString('base64')}';\n`;
      return { path: source.replace(/\.wat$/, '.wasm.ts'), text };
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const { path, text } of await kernelModules()) writeFileSync(path, text);
