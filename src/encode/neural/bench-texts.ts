/** Made-up passages of many lengths, always the same: what a bench encodes where nothing else is at hand. Holds text. */
import { seededRandom } from '../../generate/drawing.js';

const SENTENCES = [
  'The bridge over the river was closed for repairs between the spring and the autumn of that year.',
  'Most of the villages along the coast live from fishing, and some have small harbors of their own.',
  'A committee of nine members prepares the budget, which the assembly then debates in three readings.',
  'Rainfall is highest in June; the hills to the north receive almost twice as much as the plain.',
  'She studied chemistry and mathematics before she turned to the history of instruments.',
  'The first railway line reached the town in 1871 and was extended to the mines ten years later.',
  'Honey from these meadows is darker than that of the valley, since the bees visit the chestnut trees.',
  'Visitors find the old printing press, four looms and a collection of maps on the second floor.',
].map((sentence) => sentence.split(' '));

/**
 * @param most words of the longest; the shortest has about a fifth of it
 */
export function madeUpPassages(n: number, most: number): string[] {
  const random = seededRandom('bench');
  return Array.from({ length: n }, () => {
    const length = Math.max(1, Math.round(most * (0.2 + 0.8 * random())));
    const words: string[] = [];
    while (words.length < length) words.push(...SENTENCES[Math.floor(random() * SENTENCES.length)]);
    return words.slice(0, length).join(' ');
  });
}
