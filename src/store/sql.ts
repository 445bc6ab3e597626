/** Values in Lance's filter language. Knows no column. */

/** A string literal. Only the quote is special. */
export function sqlString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A list for IN; never empty. */
export function sqlList(values: readonly string[]): string {
  return `(${values.map(sqlString).join(', ')})`;
}
