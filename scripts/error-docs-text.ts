/** The text of docs/errors.md, for the command that writes the file and the test that compares it. */

export function errorDocs(
  catalogue: Readonly<Record<string, { readonly message: string; readonly remedy: string }>>,
): string {
  const lines = [
    '# Errors',
    '',
    'Written by `npm run docs:errors` from `src/base/errors/`; edit there. Words in braces stand for the values of',
    'the case. With `--json`, a command that fails prints `{"error": {"code", "message", "remedy", "details"}}` on stdout,',
    'where `details` holds these values. The exit code is 1.',
  ];
  for (const [code, { message, remedy }] of Object.entries(catalogue)) {
    lines.push('', `## ${code}`, '', literal(message), '', `**What to do:** ${literal(remedy)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Placeholders and angle brackets as they are, in Markdown. */
function literal(text: string): string {
  return text.replace(/[<*]|(?<!\w)_|_(?!\w)/g, '\\$&');
}
