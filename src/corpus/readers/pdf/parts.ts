/** What a PDF has beside the text of its pages: layers, forms, notes, attached files. */
import type { PageLine } from './layout.js';
import type { MarkedItem, StructureNode } from './structure.js';

/** Of PDF.js, what is used here. */
export interface Pdf {
  readonly numPages: number;
  readonly isPureXfa: boolean;
  getPage(number: number): Promise<PdfPage>;
  getMetadata(): Promise<{ readonly info: object }>;
  getMarkInfo(): Promise<{ readonly Marked?: boolean } | null>;
  getAttachments(): Promise<Readonly<Record<string, { readonly filename: string }>> | null>;
  getOptionalContentConfig(): Promise<LayerConfig>;
  destroy(): Promise<void>;
}

interface PdfPage {
  getTextContent(options: { readonly includeMarkedContent: boolean }): Promise<{
    readonly items: readonly MarkedItem[];
  }>;
  getStructTree(): Promise<StructureNode | null>;
  getOperatorList(): Promise<{
    readonly fnArray: readonly number[];
    readonly argsArray: readonly (readonly unknown[] | null)[];
  }>;
  getAnnotations(): Promise<readonly Annotation[]>;
  cleanup(): void;
}

interface LayerConfig extends Iterable<readonly [id: string, Layer]> {
  isVisible(group: unknown): boolean;
}

interface Layer {
  readonly name?: string | null;
  readonly visible: boolean;
}

interface Annotation {
  readonly subtype?: string;
  readonly hidden?: boolean;
  readonly rect?: readonly number[];
  readonly fieldType?: string;
  readonly fieldValue?: unknown;
  readonly password?: boolean;
  readonly contentsObj?: { readonly str?: string };
}

/** The layers of a document of which one is off. */
export class Layers {
  #hasHidden = false;
  #isUnclear = false;

  private constructor(
    private readonly config: LayerConfig,
    private readonly names: readonly string[],
    private readonly operators: Readonly<Record<string, number>>,
  ) {}

  /** undefined where all layers are on. */
  static async of(pdf: Pdf, unpdf: typeof import('unpdf')): Promise<Layers | undefined> {
    const config = await pdf.getOptionalContentConfig();
    const off = [...config].filter(([, { visible }]) => !visible);
    if (off.length === 0) return undefined;
    provideTransfer();
    const { OPS } = await unpdf.getResolvedPDFJS();
    return new Layers(
      config,
      off.map(([, { name }]) => name ?? 'without a name'),
      OPS,
    );
  }

  /**
   * For each piece of optional content in a page's text, whether it is shown. PDF.js says it of
   * what is drawn only, in the same order.
   */
  async shownOn(page: PdfPage, items: readonly MarkedItem[]): Promise<boolean[]> {
    const expected = items.filter(
      ({ type, tag }) => type === 'beginMarkedContentProps' && tag === 'OC',
    ).length;
    const { fnArray, argsArray } = await page.getOperatorList();
    const { beginMarkedContentProps, paintFormXObjectBegin } = this.operators;
    const drawn = fnArray.flatMap((operator, i) => {
      if (operator !== beginMarkedContentProps || argsArray[i]?.[0] !== 'OC') return [];
      const isForm = fnArray[i + 1] === paintFormXObjectBegin;
      return [{ isShown: this.config.isVisible(argsArray[i]?.[1]), isForm }];
    });
    const fitting = [drawn, drawn.filter(({ isForm }) => !isForm)].find(
      ({ length }) => length === expected,
    );
    if (fitting === undefined || drawn.some(({ isForm, isShown }) => isForm && !isShown))
      this.#isUnclear = true;
    return (fitting ?? []).map(({ isShown }) => isShown);
  }

  sawHidden(): void {
    this.#hasHidden = true;
  }

  notes(): string[] {
    const names = this.names.join(', ');
    return [
      ...(this.#hasHidden ? [`hidden layers are not read: ${names}`] : []),
      ...(this.#isUnclear ? [`text of hidden layers may be read: ${names}`] : []),
    ];
  }
}

/** ES2024's method of buffers, which PDF.js calls to list what is drawn; Node 20 lacks it. */
function provideTransfer(): void {
  const name = 'transferToFixedLength';
  if (name in ArrayBuffer.prototype) return;
  Object.defineProperty(ArrayBuffer.prototype, name, {
    configurable: true,
    writable: true,
    value(this: ArrayBuffer, length = this.byteLength): ArrayBuffer {
      const target = new ArrayBuffer(length);
      new Uint8Array(target).set(new Uint8Array(this, 0, Math.min(length, this.byteLength)));
      return target;
    },
  });
}

/** What is filled into forms, and written onto the page; notes that open on a click. */
export async function annotationLines(page: PdfPage): Promise<PageLine[]> {
  const lines = (await page.getAnnotations()).flatMap((annotation) => {
    const { rect = [0, 0, 0, 0] } = annotation;
    const text = textOf(annotation).replace(/\s+/g, ' ').trim();
    return text === '' ? [] : [{ text, y: rect[1], height: Math.abs(rect[3] - rect[1]) }];
  });
  return lines.sort((a, b) => b.y - a.y);
}

const WITH_TEXT = new Set(['Text', 'FreeText', 'Highlight', 'Underline', 'Squiggly', 'Stamp']);

function textOf(annotation: Annotation): string {
  const { subtype = '', hidden, fieldType, fieldValue, password, contentsObj } = annotation;
  if (hidden === true || password === true) return '';
  if (subtype === 'Widget') {
    if (fieldType !== 'Tx' && fieldType !== 'Ch') return '';
    return Array.isArray(fieldValue) ? fieldValue.join(', ') : String(fieldValue ?? '');
  }
  return WITH_TEXT.has(subtype) ? (contentsObj?.str ?? '') : '';
}

export async function attachmentNotes(pdf: Pdf): Promise<string[]> {
  const attachments = Object.values((await pdf.getAttachments()) ?? {});
  const names = attachments.map(({ filename }) => filename);
  return [
    ...(names.length > 0 ? [`attachments are not read: ${names.join(', ')}`] : []),
    ...(pdf.isPureXfa ? ['a dynamic form (XFA), whose text is not read'] : []),
  ];
}
