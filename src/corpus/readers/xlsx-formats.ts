/** Numbers of a spreadsheet as its cells show them: dates, times and percentages. */
import { attributeOf, childOf, childrenOf, elementsOf, type XmlElement } from '../xml.js';

type Kind = 'number' | 'percent' | 'date' | 'time' | 'datetime' | 'elapsed';

/** Formats that files name by number alone (ECMA-376, 18.8.30), with those of East Asia. */
const BUILT_IN: Readonly<Record<number, Kind>> = {
  9: 'percent',
  10: 'percent',
  22: 'datetime',
  46: 'elapsed',
  ...kinds('date', [14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]),
  ...kinds('time', [18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56]),
};

function kinds(kind: Kind, numbers: readonly number[]): Record<number, Kind> {
  return Object.fromEntries(numbers.map((number) => [number, kind]));
}

const MS_PER_DAY = 86_400_000;

export class CellFormats {
  /** By the number of a cell's style. */
  private readonly kinds: readonly Kind[];

  /** @param root the part with the styles */
  constructor(
    root: XmlElement,
    private readonly from1904: boolean,
  ) {
    const own = new Map<number, Kind>();
    for (const format of elementsOf(root, 'numFmt')) {
      const code = attributeOf(format, 'formatCode') ?? '';
      own.set(Number(attributeOf(format, 'numFmtId')), kindOf(code));
    }
    const [sheet] = elementsOf(root, 'styleSheet');
    const formats = sheet === undefined ? undefined : childOf(sheet, 'cellXfs');
    this.kinds = (formats === undefined ? [] : childrenOf(formats)).map((format) => {
      const number = Number(attributeOf(format, 'numFmtId') ?? 0);
      return own.get(number) ?? BUILT_IN[number] ?? 'number';
    });
  }

  /** @param value as stored: `45000.5` */
  shown(value: string, style: number): string {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number)) return value;
    const kind = this.kinds[style] ?? 'number';
    if (kind === 'number') return plain(number);
    if (kind === 'percent') return `${plain(number * 100)}%`;
    if (kind === 'elapsed') return elapsed(number);
    // Serial 60 is a 29 February 1900 that never was.
    const base = this.from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, number < 60 ? 31 : 30);
    const date = new Date(Math.round((base + number * MS_PER_DAY) / 1000) * 1000);
    if (number < 0 || Number.isNaN(date.getTime())) return plain(number);
    const [day, time] = date.toISOString().slice(0, 19).split('T');
    const clock = time.endsWith(':00') ? time.slice(0, 5) : time;
    if (kind === 'time') return number >= 1 ? `${day} ${clock}` : clock;
    return kind === 'date' || number % 1 === 0 ? day : `${day} ${clock}`;
  }
}

/** Hours and minutes of a duration in days: `36:30`. */
function elapsed(days: number): string {
  const minutes = Math.round(Math.abs(days) * 24 * 60);
  const sign = days < 0 ? '-' : '';
  return `${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Without the noise of binary fractions, which no cell shows. */
function plain(number: number): string {
  return String(Number(number.toPrecision(15)));
}

function kindOf(code: string): Kind {
  if (/\[(?:h+|m+|s+)\]/i.test(code)) return 'elapsed';
  const letters = code
    .split(';', 1)[0]
    .replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '')
    .toLowerCase();
  if (/general|[#0?]/.test(letters.replace(/s\.0+/g, 's')))
    return letters.includes('%') ? 'percent' : 'number';
  const hasDay = /[yd]|^m+$|[ge]/.test(letters);
  const hasTime = /[hs]/.test(letters);
  if (hasDay && hasTime) return 'datetime';
  return hasDay ? 'date' : hasTime ? 'time' : 'number';
}
