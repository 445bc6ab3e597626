/** Stores of rows. */
export const storeErrors = {
  XQG_DISK_FULL: {
    message: 'No space is left for {path}.',
    remedy: 'Free some space and run the same command again: it continues where it stopped.',
  },
  XQG_NO_PERMISSION: {
    message: 'Not allowed to read or write {path}.',
    remedy: 'Give yourself the permission, or choose another directory with --index.',
  },
  XQG_TEMPORARY_FOLDER: {
    message: 'Cannot write to the folder of temporary files, {path}.',
    remedy: 'Make it, give yourself the permission, or name another one in TMPDIR.',
  },
  XQG_STORE_MISSING: {
    message: 'There is no store in {dir}.',
    remedy: 'Index something first: xqg index PATH --index DIR',
  },
  XQG_STORE_ADDRESS: {
    message: 'The store {address} cannot be used: {reason}.',
    remedy:
      'Write it as {form}; credentials come from XQG_OPENSEARCH_USER and XQG_OPENSEARCH_PASSWORD (docs/opensearch.md).',
  },
  XQG_STORE_UNREACHABLE: {
    message: 'Nothing answers at {store}: {reason}.',
    remedy:
      'Start the cluster or fix the address, then run the same command again: it continues where it stopped.',
  },
  XQG_STORE_REFUSED: {
    message: '{store} refuses this user (status {status}: {reason}).',
    remedy:
      'Set XQG_OPENSEARCH_USER and XQG_OPENSEARCH_PASSWORD to a user who may read and write the index (docs/opensearch.md).',
  },
  XQG_STORE_FULL: {
    message: '{store} accepts no more data: {reason}.',
    remedy:
      'Free some space on its disks or add a node, lift the block (index.blocks.read_only_allow_delete: null), and run the same command again: it continues where it stopped.',
  },
  XQG_STORE_BUSY: {
    message: '{store} is too busy, or some of its shards have no node (status {status}: {reason}).',
    remedy:
      'Look at _cluster/health; when the cluster has its nodes again, run the same command again: it continues where it stopped.',
  },
  XQG_STORE_REJECTED: {
    message: '{store} rejected the request (status {status}: {reason}).',
    remedy: 'Use OpenSearch 2.19 or later with the k-NN plugin (docs/opensearch.md).',
  },
  XQG_STORE_FOREIGN: {
    message: '{store} names {index}, which xqg did not create.',
    remedy: 'Choose another name after the last slash of --store.',
  },
  XQG_STORE_LOCKED: {
    message: 'Another process is writing to {store}: {owner}, last seen {seconds} s ago.',
    remedy:
      'Wait until it has finished. If it was killed, run the same command again in two minutes, or at once with its --index.',
  },
  XQG_STORE_OTHER: {
    message: 'The index in {dir} is stored in {index}, but {given} was given.',
    remedy:
      'Leave --store out, or use another directory; xqg copy copies an index to another store.',
  },
  XQG_STORE_WHOLE: {
    message: '{what} needs all rows on this machine; the index in {dir} is stored in {store}.',
    remedy: 'Copy it here first: xqg copy --from {dir} --to OTHER_DIR',
  },
  XQG_COPY_OTHER: {
    message: 'The index in {to} is not an unfinished copy of {from}: {reason}.',
    remedy: 'Name another directory or store to copy to.',
  },
  XQG_STORE_VERSION_GONE: {
    message: 'Version {version} of the store in {dir} was purged while it was being read.',
    remedy: 'Open the index again.',
  },
  XQG_VECTOR_LENGTH: {
    message: 'The vector of {what} has {found} numbers, but the index has vectors of {expected}.',
    remedy:
      'Use the encoder that the index was built with (xqg status names it), or build another index.',
  },
  XQG_VECTOR_NOT_FINITE: {
    message: 'The vector of {what} has the value {value} at position {place}.',
    remedy: 'This is a fault of the encoder: check its model file, or use another encoder.',
  },
  XQG_DUPLICATE_PASSAGE: {
    message: 'Two passages have the id "{id}".',
    remedy: 'Give every document its own id.',
  },
} as const;
