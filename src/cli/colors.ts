/**
 * Colors for people: only where the stream is a terminal, and neither NO_COLOR nor TERM=dumb asks for none. (picocolors itself also colors
 * whatever runs in continuous integration, which would put escape codes into files and pipes.) FORCE_COLOR is obeyed.
 */
import pc from 'picocolors';

function wanted(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

/** For what goes to stdout. */
export const colors = pc.createColors(wanted(process.stdout));
/** For what goes to stderr. */
export const errorColors = pc.createColors(wanted(process.stderr));
