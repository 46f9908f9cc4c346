/** What makes a wasm file out of a plugin's sources. */
export interface Toolchain {
  /** Says what to install when the toolchain is not on this machine; `undefined` when it is. */
  readonly missing: () => Promise<string | undefined>;
  /**
   * Compiles the sources in `folder`, which ends with "/", to the module called `name`: the same
   * sources to the same bytes, on every machine with the same toolchain.
   */
  readonly compile: (folder: string, name: string) => Promise<Uint8Array>;
}
