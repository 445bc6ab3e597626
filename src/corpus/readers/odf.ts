/**
 * OpenDocument (text, spreadsheet, presentation; zipped or as one XML file). Tracked changes count
 * as accepted; what is hidden is left out and named.
 */
import { XqgError } from '../../base/errors.js';
import { decodeWhole } from '../../base/text-file.js';
import { intendedLanguage } from '../../languages/tags.js';
import { Archive } from '../archive.js';
import { byExtension, type CorpusReader, encodingNote, fileDocument } from '../reader.js';
import { elementsOf, parseXml, xmlParser } from '../xml.js';
import { OdfReading } from './odf-content.js';
import { propertyOf } from './office-parts.js';

const zipped = ['.odt', '.ott', '.ods', '.ots', '.odp', '.otp', '.odg'];
const flat = ['.fodt', '.fods', '.fodp', '.fodg'];
const extensions = [...zipped, ...flat];
const isFlat = byExtension(...flat);

export const odfReader: CorpusReader = {
  name: 'OpenDocument',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, { onNote } = {}) {
    const { path } = file;
    const reading = new OdfReading();
    let properties: string;
    if (isFlat(path)) {
      const xml = await decodeWhole(path, undefined, encodingNote(path, onNote));
      try {
        xmlParser(reading).end(xml);
      } catch (error) {
        const { message: reason } = error as Error;
        const details = { file: path, format: 'OpenDocument', reason };
        throw new XqgError('XQG_CORPUS_BROKEN_FILE', details, { cause: error });
      }
      properties = /<office:meta>[\s\S]*?<\/office:meta>/.exec(xml)?.[0] ?? '';
    } else {
      properties = await readParts(path, reading);
    }
    for (const note of reading.notes()) onNote?.(path, note);
    const { title, blocks } = reading.finish();
    const meta = parseXml(properties);
    const lang = intendedLanguage(propertyOf(meta, 'language'));
    yield fileDocument(file, { title, stated: propertyOf(meta, 'title'), lang, blocks });
  },
};

/** Reads the parts with text; returns the one with the document's properties. */
async function readParts(path: string, reading: OdfReading): Promise<string> {
  const archive = await Archive.open(path, 'OpenDocument');
  try {
    const manifest = await archive.xmlIfAny('META-INF/manifest.xml');
    const [encrypted] = elementsOf(manifest, 'encryption-data');
    if (encrypted !== undefined) throw archive.broken('it is locked by a password');
    // Equations and charts are documents of their own within the archive.
    for (const name of archive.names.filter((part) => /^[^/]+\/content\.xml$/.test(part)))
      reading.objects.set(name.slice(0, -'/content.xml'.length), await archive.text(name));
    if (archive.has('styles.xml')) await archive.stream('styles.xml', reading);
    await archive.stream('content.xml', reading);
    return await archive.textIfAny('meta.xml');
  } finally {
    archive.close();
  }
}
