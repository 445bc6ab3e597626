/**
 * Runs before the packages that xqg needs are set up. On Linux x64 the script of onnxruntime-node
 * downloads hundreds of megabytes of CUDA libraries that xqg never loads, and where it cannot reach
 * them npm removes the package. It downloads nothing if their files are there, so empty ones are
 * put in their place; a project that lists onnxruntime-node itself is left alone.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const CUDA_FILES = ['cuda', 'shared', 'tensorrt'].map(
  (name) => `libonnxruntime_providers_${name}.so`,
);

if (process.platform === 'linux' && process.arch === 'x64' && !isWantedByProject()) {
  for (const file of missingFiles()) writeFileSync(file, '');
}

/** Also where a flag says which of its files to install. */
function isWantedByProject() {
  const { INIT_CWD, ONNXRUNTIME_NODE_INSTALL, npm_config_onnxruntime_node_install } = process.env;
  if (ONNXRUNTIME_NODE_INSTALL || npm_config_onnxruntime_node_install) return true;
  try {
    const project = JSON.parse(readFileSync(join(INIT_CWD ?? '.', 'package.json'), 'utf8'));
    // xqg itself is installed by its lock, which leaves the script out.
    return project.name === 'xqg' || 'onnxruntime-node' in { ...project.dependencies };
  } catch {
    return false;
  }
}

/** @returns absolute paths; none where the package is not there */
function missingFiles() {
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('onnxruntime-node/package.json'));
    const binaries = join(folder, 'bin', 'napi-v6', 'linux', 'x64');
    if (!existsSync(binaries)) return [];
    return CUDA_FILES.map((name) => join(binaries, name)).filter((file) => !existsSync(file));
  } catch {
    return [];
  }
}
