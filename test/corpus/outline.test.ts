import { describe, expect, it } from 'vitest';
import { outlineOfHtml } from '../../src/corpus/outline.js';
import { splitFrontMatter } from '../../src/corpus/readers/front-matter.js';

describe('outlineOfHtml', () => {
  it('records the headings above each text; the first h1 is the title', () => {
    const { title, blocks } = outlineOfHtml(
      '<h1>Guide</h1><p>Intro.<h2>A</h2><p>a<h3>A1</h3><p>a1<h2>B</h2><p>b<h1>Annex</h1><p>x',
    );
    expect(title).toBe('Guide');
    expect(blocks).toEqual([
      { headings: [], text: 'Intro.' },
      { headings: ['A'], text: 'a' },
      { headings: ['A', 'A1'], text: 'a1' },
      { headings: ['B'], text: 'b' },
      { headings: ['Annex'], text: 'x' },
    ]);
  });

  it('treats a heading without text below it as text', () => {
    expect(outlineOfHtml('<h2>A</h2><h3>A1</h3><h3>A2</h3><p>x</p><h2>End</h2>').blocks).toEqual([
      { headings: ['A'], text: 'A1' },
      { headings: ['A', 'A2'], text: 'x' },
      { headings: [], text: 'End' },
    ]);
  });

  it('makes each row of a table one paragraph, and preserves the line breaks of br and pre', () => {
    const { blocks } = outlineOfHtml(
      '<table><tr><td>a\n\t b</td><td>c</td></tr><tr><td>d</td></tr></table>e<br>f<pre>if x:\n    y\n</pre>',
    );
    expect(blocks).toEqual([{ headings: [], text: 'a b\tc\n\nd\n\ne\nf\n\nif x:\ny' }]);
  });

  it('leaves out what is not meant for reading', () => {
    const { blocks, pageTitle, lang } = outlineOfHtml(
      '<html xml:lang="de-AT"><head><title>T &amp; U</title><script>a</script></head><body><nav><p>n<br></p></nav>' +
        '<p hidden>h</p><svg><title>s</title></svg><noscript>Turn on JavaScript.</noscript><p>text<img src="a" hidden> more</p>',
    );
    expect(blocks).toEqual([{ headings: [], text: 'text more' }]);
    expect(pageTitle).toBe('T & U');
    expect(lang).toBe('de');
  });

  it('accepts markup that is broken or very deep', () => {
    expect(outlineOfHtml('</p></div><p>a<b>b<i>c</b>d').blocks).toEqual([
      { headings: [], text: 'abcd' },
    ]);
    expect(outlineOfHtml(`${'<div>'.repeat(20_000)}deep`).blocks).toEqual([
      { headings: [], text: 'deep' },
    ]);
  });
});

describe('splitFrontMatter', () => {
  it('reads values, quotes and lists', () => {
    const { fields, body } = splitFrontMatter(
      '---\r\ntitle: "A: \\"b\\"" \r\nlang: th # Thai\r\nyear: 2020\r\nid: 007\r\ndraft: true\r\ntags: [a, \'b c\']\r\n' +
        'by:\r\n- X\r\n- Y\r\nsummary: >\r\n  two\r\n  lines\r\nurl: http://x/#y\r\nempty:\r\n---\r\n# Text\r\n',
    );
    expect(Object.fromEntries(fields)).toEqual({
      title: 'A: "b"',
      lang: 'th',
      year: 2020,
      id: '007',
      draft: true,
      tags: ['a', 'b c'],
      by: ['X', 'Y'],
      summary: 'two lines',
      url: 'http://x/#y',
    });
    expect(body).toBe('# Text\r\n');
  });

  it('does not change a text that only starts like front matter', () => {
    for (const text of ['---\nno end', 'a\n---\nb: c\n---\n', '--- x\n---\n']) {
      expect(splitFrontMatter(text).body).toBe(text);
    }
  });
});
