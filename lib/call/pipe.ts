import { Fifo } from "./fifo.ts";

const encoder = new TextEncoder();
/** The most bytes that a character (a UTF-16 unit) takes in UTF-8. */
export const MOST_BYTES_EACH = 3;

/**
 * The messages from host to guest: the host's side of fd 0. They are kept as text, and encoded right into the guest's memory:
 * bytes of our own would be another copy and, in V8, an allocation outside its heap.
 */
export class Pipe {
  /** Those that are not read to their end: bytes once they had to be counted, or were read in part. */
  readonly #messages = new Fifo<string | Uint8Array>();
  /** How many bytes of the first are read. */
  #offset = 0;
  /** So many, from the first on, are counted, and have that many bytes. */
  #counted = 0;
  #countedBytes = 0;
  /** Whether no more will come. What is there can still be read. */
  ended = false;
  /** How many bytes were read. */
  bytesRead = 0;
  /** How many messages were read to their end. */
  messagesRead = 0;

  /** Whether there is nothing to be read now. */
  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** How many bytes can be read now. */
  get available(): number {
    for (; this.#counted < this.#messages.length; this.#counted++) {
      this.#countedBytes += this.#bytesOf(this.#counted).length;
    }
    return this.#countedBytes - this.#offset;
  }

  /** Adds a message, which is not empty. After {@linkcode end} it is dropped. */
  push(message: string): void {
    if (!this.ended) this.#messages.push(message);
  }

  /** No more will come. */
  end(): void {
    this.ended = true;
  }

  /** Fills `into` as far as bytes are available and answers how many that were. */
  read(into: Uint8Array): number {
    let done = 0;
    while (done < into.length && !this.isEmpty) {
      done += this.#readFirst(done === 0 ? into : into.subarray(done));
    }
    this.bytesRead += done;
    return done;
  }

  /** Reads from the first message, and answers how many bytes. */
  #readFirst(room: Uint8Array): number {
    const message = this.#messages.at(0);
    if (typeof message === "string" && message.length * MOST_BYTES_EACH <= room.length) {
      this.#next(0);
      return encoder.encodeInto(message, room).written;
    }
    const bytes = this.#bytesOf(0);
    const count = Math.min(bytes.length - this.#offset, room.length);
    room.set(bytes.subarray(this.#offset, this.#offset + count));
    this.#offset += count;
    if (this.#offset === bytes.length) this.#next(bytes.length);
    return count;
  }

  /** The first message, of so many bytes if it was counted, is read to its end. */
  #next(bytes: number): void {
    this.#messages.shift();
    this.messagesRead++;
    this.#offset = 0;
    if (this.#counted === 0) return;
    this.#counted--;
    this.#countedBytes -= bytes;
  }

  /** The message with so many before it, as bytes from now on. */
  #bytesOf(index: number): Uint8Array {
    const message = this.#messages.at(index);
    if (typeof message !== "string") return message;
    const bytes = encoder.encode(message);
    this.#messages.replace(index, bytes);
    return bytes;
  }
}
