/** The most bytes that a character (a UTF-16 unit) takes in UTF-8. */
export const MOST_BYTES_EACH = 3;

/** How many bytes a text has in UTF-8, with 3 for each half of a pair that stands alone. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // Two halves make 4 bytes.
    if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return bytes;
}

/** How many bytes a text has in UTF-8, if they are more than `limit`. */
export function bytesBeyond(limit: number, text: string): number | undefined {
  // Nearly all are so short that there is no need to count.
  if (text.length * MOST_BYTES_EACH <= limit) return undefined;
  const bytes = utf8Length(text);
  return bytes > limit ? bytes : undefined;
}
