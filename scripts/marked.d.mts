export function between(page: string, name: string, text: string): string;
