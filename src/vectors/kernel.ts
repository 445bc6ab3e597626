/** Instantiates WebAssembly kernels from their bytes in base64 (NAME.wasm.ts). */

/** Bytes of a page, the unit in which a memory grows. */
export const PAGE = 65_536;

/** The exports of every kernel besides its functions. */
export interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
}

/** The part that is used here; TypeScript declares it only in its library for browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** @returns a function that makes an instance with its own memory; the first call compiles */
export function kernelOf<K extends KernelMemory>(base64: string): () => K {
  let compiled: object | undefined;
  return () => {
    compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    return new WebAssembly.Instance(compiled).exports as K;
  };
}
