export function errorDocs(catalogue: Record<string, { message: string; remedy: string }>): string;
