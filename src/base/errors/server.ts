/** The HTTP server and its clients. */
export const serverErrors = {
  XQG_TOOL_ARGUMENTS: {
    message: 'The tool {tool} cannot be called like this: {problems}.',
    remedy: 'It takes {known}; tools/list describes them. Leave out what is optional.',
  },
  XQG_REQUEST_INVALID: {
    message: 'This request cannot be used: {problems}.',
    remedy: 'Fix each of them; /reference and /openapi.json say what a request may contain.',
  },
  XQG_REQUEST_MALFORMED: {
    message: 'The request cannot be read: {reason}.',
    remedy: 'Send {expected}.',
  },
  XQG_REQUEST_TOO_LARGE: {
    message: 'The {what} is larger than the limit of {limit}.',
    remedy: 'Send less at once, or start the server with a higher {option}.',
  },
  XQG_REQUEST_TOO_SLOW: {
    message: 'The answer was not ready within {seconds} s.',
    remedy:
      'Try again; if it happens often, the machine is too small for the index, or raise --timeout.',
  },
  XQG_REQUEST_STALLED: {
    message: 'The body of the request came at less than {rate} bytes per second.',
    remedy: 'Send it again over a faster connection, or in smaller parts.',
  },
  XQG_ADDRESS_UNKNOWN: {
    message: 'There is nothing at {method} {path}.',
    remedy: 'GET /openapi.json lists every address.',
  },
  XQG_HOST_REFUSED: {
    message: 'Requests for the host "{host}" are not answered.',
    remedy: 'Use the address that the server printed, or start it with --allow-host {host}.',
  },
  XQG_ORIGIN_REFUSED: {
    message: 'Pages from "{origin}" may not use this server.',
    remedy: 'Open its own page, or start it with --allow-origin {origin}.',
  },
  XQG_KEY_MISSING: {
    message: 'This server requires a key.',
    remedy:
      'Send the header "Authorization: Bearer KEY"; whoever runs the server makes keys (xqg keys add).',
  },
  XQG_KEY_UNKNOWN: {
    message: 'This server does not know the key {fingerprint}.',
    remedy: 'Check that it is complete; it may have been revoked (xqg keys list).',
  },
  XQG_KEY_ATTEMPTS: {
    message: 'More than {limit} wrong keys came from this address within a minute.',
    remedy: 'Try again in {seconds} s.',
  },
  XQG_KEY_RIGHT: {
    message: 'The key {fingerprint} has no right to {right}.',
    remedy: 'Ask whoever runs the server for a key with that right (xqg keys add --rights).',
  },
  XQG_KEY_NAMED: {
    message: 'The key file {file} {state} a key named "{name}".',
    remedy: 'xqg keys list --file {file} lists them.',
  },
  XQG_KEY_FILE: {
    message: 'The key file {file} cannot be used: {reason}.',
    remedy: 'Fix it, or create a new one with xqg keys add.',
  },
  XQG_INDEX_UNKNOWN: {
    message: 'There is no index named "{index}" here.',
    remedy: 'GET /api/indexes lists the indexes.',
  },
  XQG_NO_EXPANDER: {
    message: 'This server has no question expander.',
    remedy: 'Leave out "expand", or start the server with --expand (docs/models.md).',
  },
  XQG_INDEX_NAMED_TWICE: {
    message: 'Two indexes are named "{name}": {first} and {second}.',
    remedy: 'Give one of them another name: --index OTHER={second}',
  },
  XQG_JOB_UNKNOWN: {
    message: 'There is no job "{job}" here.',
    remedy: 'GET /api/jobs lists the jobs; a restart forgets finished ones.',
  },
  XQG_JOB_DIED: {
    message: 'The process that wrote the index ended early ({reason}).',
    remedy:
      'POST /api/jobs/ID/retry runs the job again, DELETE /api/jobs/ID discards it. If memory ran out, send fewer documents at once.',
  },
  XQG_JOB_UNREADABLE: {
    message: 'A job was accepted, but its file {file} cannot be read: {reason}.',
    remedy:
      'Send the documents again; what was sent lies beside that file. DELETE /api/jobs/ID discards both.',
  },
  XQG_JOB_FINAL: {
    message: 'The job "{job}" is {state}: nothing of it is kept that could be run again.',
    remedy: 'Send the request again.',
  },
  XQG_JOB_CANCELLED: {
    message: 'The job was cancelled.',
    remedy: 'Send the same request again: finished work is kept.',
  },
  XQG_DOCUMENT_REFUSED: {
    message: 'The document "{id}" is outside of what this key may write ({filters}).',
    remedy: 'Give it matching metadata, and an id that no other document has.',
  },
  XQG_DOCUMENT_LABELS: {
    message:
      'The id, title, headings and metadata of the document "{id}" have more than {limit} characters together.',
    remedy: 'Shorten them: every passage of the document repeats them.',
  },
  XQG_EXPERIMENT_UNKNOWN: {
    message: 'There is no experiment named "{experiment}" here.',
    remedy: 'GET /api/experiments lists the experiments (xqg serve --experiments DIR).',
  },
  XQG_RATE_LIMITED: {
    message: 'More than {limit} requests per minute came from this client.',
    remedy: 'Try again in {seconds} s.',
  },
  XQG_SERVER_BUSY: {
    message: 'Too many {what} are waiting.',
    remedy: 'Try again in {seconds} s.',
  },
  XQG_SERVER_STOPPING: {
    message: 'The server is stopping.',
    remedy: 'Try again once it has restarted.',
  },
  XQG_SERVER_ADDRESS: {
    message: 'Cannot listen on {host}, port {port}: {reason}.',
    remedy: 'Choose another --port, or stop the program that listens there.',
  },
  XQG_SERVER_OPEN: {
    message: 'On {host}, everybody who can reach this machine could search and change the indexes.',
    remedy:
      'Name a key file with --keys (xqg keys add makes one), or use --no-keys if that is intended.',
  },
  XQG_SERVER_UNREACHABLE: {
    message: 'No answer from {address}: {reason}.',
    remedy: 'Check that the server runs (xqg serve --index DIR) and that the address is right.',
  },
} as const;
