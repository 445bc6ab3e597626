/** Where UTF-8 is broken. Pure; knows no file. */

/**
 * Length of the well-formed UTF-8 sequence that begins at `at` (1 to 4 bytes); 0 if there is none; -1 if the bytes end
 * within a sequence that may still become well-formed. The ranges are those of Unicode 16, table 3-7.
 */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    if (at + i >= bytes.length) return -1;
    const byte = bytes[at + i];
    const least = i === 1 && lead === 0xe0 ? 0xa0 : i === 1 && lead === 0xf0 ? 0x90 : 0x80;
    const most = i === 1 && lead === 0xed ? 0x9f : i === 1 && lead === 0xf4 ? 0x8f : 0xbf;
    if (byte < least || byte > most) return 0;
  }
  return length;
}

/** Offset of the first byte that is not part of well-formed UTF-8, or -1. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length <= 0) return at;
    at += length;
  }
  return -1;
}

/** How many of the bytes, from the start, do not end within a sequence that the next chunk may complete. */
export function completeLength(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - 3; at--) {
    if ((bytes[at] & 0xc0) !== 0x80) return sequenceLength(bytes, at) === -1 ? at : bytes.length;
  }
  return bytes.length;
}
