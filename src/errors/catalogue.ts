/**
 * Every error that xqg raises on purpose. `message` says what happened, with the values in braces; `remedy` says
 * what to do. docs/errors.md is written from this list by `npm run docs:errors`; a test holds the two together.
 */
export const catalogue = {
  // languages
  XQG_UNKNOWN_LANGUAGE: {
    message: 'Unknown language "{language}" ({where}).',
    remedy: 'Use one of {known}, or train a pack that knows it (xqg pack train).',
  },
} as const satisfies Record<string, { message: string; remedy: string }>;

export type ErrorCode = keyof typeof catalogue;
