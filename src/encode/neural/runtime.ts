/** The package that runs graphs. */
import { loadPackage } from '../../base/optional-package.js';

/** @throws XqgError XQG_PACKAGE_MISSING */
export function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  return loadPackage('A neural encoder', 'onnxruntime-node', () => import('onnxruntime-node'));
}
