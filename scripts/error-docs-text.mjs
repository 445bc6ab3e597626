// The text of docs/errors.md. Shared by the command that writes the file and the test that compares it.

/** @param {Record<string, {message: string, remedy: string}>} catalogue */
export function errorDocs(catalogue) {
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
function literal(text) {
  return text.replace(/[<*]|(?<!\w)_|_(?!\w)/g, '\\$&');
}
