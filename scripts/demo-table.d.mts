export function demoTable(
  rows: { lang: string; without: (number | null)[]; with: (number | null)[] }[],
  passages: number,
): string;
