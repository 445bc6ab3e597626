/** Small files that take very long, or very much, to read. */
import { deflateSync } from 'node:zlib';

/** Markdown whose reading takes hours. */
export const SPINNING = 'x_y__z_'.repeat(100_000);

/** Markdown that exhausts the stack. */
export const DEEP = `${'>'.repeat(4000)} x`;

/** A PDF of 4 kB whose page is described by so many bytes. */
export function swellingPdf(bytes: number): Buffer {
  const content = deflateSync(deflateSync(Buffer.alloc(bytes, ' '), { level: 9 }), { level: 9 });
  const head = [
    '%PDF-1.4',
    '1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj',
    '2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj',
    '3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >> endobj',
    `4 0 obj << /Filter [/FlateDecode /FlateDecode] /Length ${content.length} >> stream\n`,
  ].join('\n');
  const tail = '\nendstream endobj\ntrailer << /Root 1 0 R >>\n%%EOF';
  return Buffer.concat([Buffer.from(head), content, Buffer.from(tail)]);
}
