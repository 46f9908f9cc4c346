const EMPTY = new Uint8Array(0);

/** The bytes from host to guest: the host's side of fd 0. */
export class Pipe {
  readonly #chunks: Uint8Array[] = [];
  /** Index of the first chunk that is not read to its end, and how much of it is. */
  #first = 0;
  #offset = 0;
  /** How many bytes can be read now. */
  available = 0;
  /** Whether no more will come. What is available can still be read. */
  ended = false;
  /** How many bytes were read. */
  bytesRead = 0;

  /** Adds `bytes`, which the caller no longer changes. After {@linkcode end} they are dropped. */
  push(bytes: Uint8Array): void {
    if (this.ended || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.available += bytes.length;
  }

  /** No more will come. */
  end(): void {
    this.ended = true;
  }

  /** Fills `into` as far as bytes are available and answers how many that were. */
  read(into: Uint8Array): number {
    const chunks = this.#chunks;
    let done = 0;
    while (done < into.length && this.#first < chunks.length) {
      const chunk = chunks[this.#first];
      const count = Math.min(chunk.length - this.#offset, into.length - done);
      // Where it can be helped there is no view: JavaScriptCore takes a microsecond for it.
      const isWhole = count === chunk.length;
      into.set(isWhole ? chunk : chunk.subarray(this.#offset, this.#offset + count), done);
      done += count;
      this.#offset += count;
      if (this.#offset === chunk.length) {
        // Let go of it now: the queue may go on for long without being empty.
        chunks[this.#first++] = EMPTY;
        this.#offset = 0;
      }
    }
    if (this.#first === chunks.length) chunks.length = this.#first = 0;
    this.available -= done;
    this.bytesRead += done;
    return done;
  }
}
