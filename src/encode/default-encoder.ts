/**
 * Which encoder makes a new index where none is named: the shipped neural one if this machine can
 * run it, else the static one of the pack.
 */
import { XqgError } from '../base/errors.js';
import { findModel, SHIPPED_ENCODER } from '../models/places.js';
import { loadRuntime } from './neural/runtime.js';

export interface DefaultEncoder {
  readonly spec: string;
  /** Why it is not the neural one, as a line for people; absent where it is, or was named. */
  readonly fallback?: string;
}

/** $XQG_ENCODER names another default, for all new indexes of a process. */
export async function defaultEncoder(): Promise<DefaultEncoder> {
  const named = process.env.XQG_ENCODER;
  if (named) return { spec: named };
  try {
    findModel(SHIPPED_ENCODER);
    await loadRuntime();
    return { spec: SHIPPED_ENCODER };
  } catch (error) {
    if (!(error instanceof XqgError)) throw error;
    const reason = error.details.reason ?? error.message;
    const what = error.code === 'XQG_PACKAGE_MISSING' ? 'onnxruntime-node' : 'its model';
    const fallback = `encoder static: ${what} cannot be loaded (${reason}); see xqg doctor`;
    return { spec: 'static', fallback };
  }
}
