/** Starts the WebAssembly modules of this folder from their text in base64. */

/** Bytes of a page, by which a memory grows. */
export const PAGE = 65_536;

/** What every module has beside its functions. */
export interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
}

/** The part used here; the compiler knows it only together with browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** @returns makes an instance with a memory of its own; the first call compiles */
export function kernelOf<K extends KernelMemory>(base64: string): () => K {
  let compiled: object | undefined;
  return () => {
    compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    return new WebAssembly.Instance(compiled).exports as K;
  };
}
