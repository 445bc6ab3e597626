/**
 * Parts of Word documents whose text mammoth does not read, rewritten to parts that it does: text
 * boxes, equations, simple fields and ruby.
 */

/** The parts of the archive that hold text of the document. */
const TEXT_PARTS = /^word\/(?:document\d*|footnotes|endnotes|comments)\.xml$/;

/** Present in any part that needs to be rewritten. */
const REWRITTEN = /<(?:mc:AlternateContent|m:oMath|w:ruby|w:fldSimple|w:bdo|w:dir)\b/;

/** The same archive with those parts rewritten; broken archives are returned as they are. */
export async function withReadableParts(archive: Buffer): Promise<Buffer> {
  const { default: JSZip } = await import('jszip');
  const zip = await JSZip.loadAsync(archive).catch(() => null);
  if (zip === null) return archive;
  let isRewritten = false;
  for (const name of Object.keys(zip.files).filter((file) => TEXT_PARTS.test(file))) {
    const xml = await zip.files[name].async('string');
    if (!REWRITTEN.test(xml)) continue;
    zip.file(name, rewritten(xml));
    isRewritten = true;
  }
  return isRewritten ? zip.generateAsync({ type: 'nodebuffer', compression: 'STORE' }) : archive;
}

function rewritten(xml: string): string {
  return (
    xml
      .replace(/<mc:AlternateContent\b[\s\S]*?<\/mc:AlternateContent>/g, alternative)
      // Of words with readings above them, the words.
      .replace(/<w:ruby\b[\s\S]*?<w:rubyBase>([\s\S]*?)<\/w:rubyBase>\s*<\/w:ruby>/g, '$1')
      .replace(/<\/?(?:w:fldSimple|w:bdo|w:dir)\b[^>]*>/g, '')
      .replace(/<m:oMath>[\s\S]*?<\/m:oMath>|<m:oMath\s[\s\S]*?<\/m:oMath>/g, equation)
      .replace(/<\/?m:oMathPara\b[^>]*>|<m:oMathParaPr\b[\s\S]*?<\/m:oMathParaPr>/g, '')
  );
}

/** Mammoth reads the fallback alone, which need not be there. */
function alternative(whole: string): string {
  const fallback = /<mc:Fallback\b[\s\S]*?<\/mc:Fallback>/.exec(whole)?.[0] ?? '';
  if (/<w:t[\s>]/.test(fallback)) return whole;
  const boxes = [...whole.matchAll(/<w:txbxContent>[\s\S]*?<\/w:txbxContent>/g)];
  if (boxes.length === 0) return whole;
  const text = boxes.map(([box]) => `<v:textbox>${box}</v:textbox>`).join('');
  return `<w:pict xmlns:v="urn:schemas-microsoft-com:vml">${text}</w:pict>`;
}

/** An equation in one line: `x=a/b`. */
function equation(xml: string): string {
  const linear = xml
    .replace(/<m:den>/g, '<m:t>/</m:t>')
    .replace(/<m:sup>/g, '<m:t>^</m:t>')
    .replace(/<m:deg>/g, '<m:t>√</m:t>');
  const text = [...linear.matchAll(/<m:t(?:\s[^>]*)?>([^<]*)<\/m:t>/g)].map(([, part]) => part);
  return `<w:r><w:t xml:space="preserve">${text.join('')}</w:t></w:r>`;
}
