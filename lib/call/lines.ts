const EMPTY = new Uint8Array(0);

/** Who gets lines. */
export interface LineOwner {
  /** A line without its end: a view that is valid during the call only. */
  line(line: Uint8Array): void;
  /** A line is longer than it may be, so long so far; what came of it is forgotten, the rest counts as a new line. */
  lineTooLong(length: number): void;
}

/** Bytes from a guest, cut at each `\n`. Keeps at most one line of at most `longest` bytes. */
export class Lines {
  readonly #longest: number;
  readonly #owner: LineOwner;
  /** The start of a line whose end has not come, in the first `#length` bytes. */
  #partial = EMPTY;
  #length = 0;

  /** @param longest Bytes that a line may have without its end. */
  constructor(longest: number, owner: LineOwner) {
    this.#longest = longest;
    this.#owner = owner;
  }

  /** Takes the next bytes, a view that need not outlive the call. */
  push(bytes: Uint8Array): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#line(bytes.subarray(start, end));
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(start === 0 ? bytes : bytes.subarray(start));
  }

  /** Ends a line whose end has not come, if there is one. */
  flush(): void {
    if (this.#length > 0) this.#line(this.#partial.subarray(0, 0));
  }

  #line(rest: Uint8Array): void {
    if (this.#length === 0 && rest.length <= this.#longest) return this.#owner.line(rest);
    if (!this.#keep(rest)) return;
    const line = this.#partial.subarray(0, this.#length);
    this.#length = 0;
    this.#owner.line(line);
  }

  /** Appends to the partial line, if that does not become too long. */
  #keep(bytes: Uint8Array): boolean {
    const length = this.#length + bytes.length;
    if (length > this.#longest) {
      this.#length = 0;
      this.#partial = EMPTY;
      this.#owner.lineTooLong(length);
      return false;
    }
    if (length > this.#partial.length) {
      const larger = new Uint8Array(
        Math.min(Math.max(length, 2 * this.#partial.length, 256), this.#longest),
      );
      larger.set(this.#partial.subarray(0, this.#length));
      this.#partial = larger;
    }
    this.#partial.set(bytes, this.#length);
    this.#length = length;
    return true;
  }
}
