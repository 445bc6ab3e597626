/** Collects the paragraphs of a document under their headings, whatever the format. */
import type { Block } from './passage.js';

export interface Outline {
  /** The first heading of level 1, if any; as the title it is not among the headings of blocks. */
  readonly title?: string;
  /** One per section with text, in reading order; paragraphs are separated by an empty line. */
  readonly blocks: readonly Block[];
}

interface Heading {
  readonly level: number;
  readonly text: string;
}

export class OutlineBuilder {
  private title: string | undefined;
  private trail: Heading[] = [];
  private paragraphs: string[] = [];
  private readonly blocks: Block[] = [];
  /** The last heading, while nothing stands under it. */
  private bare: Heading | undefined;

  /** @param hasTitle false where the title comes from elsewhere: then all headings are headings */
  constructor(private readonly hasTitle = true) {}

  /** @param level 1 to 6 */
  heading(level: number, text: string): void {
    if (text === '') return;
    this.closeSection(level);
    if (this.hasTitle && level === 1 && this.title === undefined) {
      this.title = text;
      this.trail = [];
      return;
    }
    this.bare = { level, text };
    this.trail = [...this.trail.filter((above) => above.level < level), this.bare];
  }

  paragraph(text: string): void {
    if (text.trim() === '') return;
    this.bare = undefined;
    this.paragraphs.push(text);
  }

  finish(): Outline {
    this.closeSection(0);
    return { title: this.title, blocks: this.blocks };
  }

  /**
   * A heading with nothing under it, not even a lower heading, is text itself: otherwise it would
   * be in no passage.
   */
  private closeSection(nextLevel: number): void {
    if (this.bare !== undefined && nextLevel <= this.bare.level) {
      this.paragraphs.push(this.bare.text);
      this.trail = this.trail.slice(0, -1);
    }
    if (this.paragraphs.length > 0) {
      this.blocks.push({
        headings: this.trail.map(({ text }) => text),
        text: this.paragraphs.join('\n\n'),
      });
    }
    this.paragraphs = [];
    this.bare = undefined;
  }
}
