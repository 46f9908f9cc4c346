import { Fifo } from "./fifo.ts";
import { MOST_BYTES_EACH, utf8Length } from "./utf8.ts";

const encoder = new TextEncoder();
/** Characters up to which a message is kept as text. */
const SHORT = 1024;

/**
 * The messages from host to guest: the host's side of fd 0. Short ones are kept as text, and encoded right into the guest's
 * memory: bytes of our own would be another copy and, in V8, an allocation outside its heap. No read takes long because of it.
 */
export class Pipe {
  /** Those that are not read to their end. A short one is bytes, too, once it was read in part. */
  readonly #messages = new Fifo<string | Uint8Array>();
  /** How many bytes of the first are read. */
  #offset = 0;
  /** How many bytes can be read now. */
  available = 0;
  /** Whether no more will come. What is there can still be read. */
  ended = false;
  /** How many bytes were read. */
  bytesRead = 0;
  /** How many messages were read to their end. */
  messagesRead = 0;

  /** Adds a message, which is not empty. After {@linkcode end} it is dropped. */
  push(message: string): void {
    if (this.ended) return;
    const kept = message.length <= SHORT ? message : encoder.encode(message);
    this.#messages.push(kept);
    this.available += typeof kept === "string" ? utf8Length(kept) : kept.length;
  }

  /** No more will come. */
  end(): void {
    this.ended = true;
  }

  /** Fills `into` as far as bytes are available and answers how many that were. */
  read(into: Uint8Array): number {
    let done = 0;
    while (done < into.length && this.#messages.length > 0) {
      done += this.#readFirst(done === 0 ? into : into.subarray(done));
    }
    this.available -= done;
    this.bytesRead += done;
    return done;
  }

  /** Reads from the first message, and answers how many bytes. */
  #readFirst(room: Uint8Array): number {
    let message = this.#messages.first;
    if (typeof message === "string") {
      if (message.length * MOST_BYTES_EACH <= room.length) {
        this.#next();
        return encoder.encodeInto(message, room).written;
      }
      this.#messages.first = message = encoder.encode(message);
    }
    const count = Math.min(message.length - this.#offset, room.length);
    room.set(message.subarray(this.#offset, this.#offset + count));
    this.#offset += count;
    if (this.#offset === message.length) this.#next();
    return count;
  }

  #next(): void {
    this.#messages.shift();
    this.messagesRead++;
    this.#offset = 0;
  }
}
