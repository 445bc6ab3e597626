/** Numbers as messages show them, and their mean. */

const grouped = new Intl.NumberFormat('en-US');

/** 1234 as `1,234`. */
export function formatCount(value: number): string {
  return grouped.format(value);
}

/** The arithmetic mean; NaN if there are no values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
