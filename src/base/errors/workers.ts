/** Workers, their queue and the parts that they write. */
export const workersErrors = {
  XQG_QUEUE_ADDRESS: {
    message: 'The address of the queue cannot be used: {problem}.',
    remedy: 'Write it like redis://127.0.0.1:6379; a password may come from XQG_QUEUE_PASSWORD.',
  },
  XQG_QUEUE_UNREACHABLE: {
    message: 'The queue at {queue} does not answer: {problem}.',
    remedy:
      'Start the Redis server there, or fix --queue and XQG_QUEUE_PASSWORD. Finished parts are kept.',
  },
  XQG_QUEUE_FAILED: {
    message: 'The queue at {queue} refused a command: {problem}.',
    remedy:
      'Give the Redis server what it lacks, then run the same command again: finished parts are kept.',
  },
  XQG_QUEUE_RECIPE: {
    message: 'The {what} was given as an object, which cannot be sent to workers.',
    remedy: 'Name it by a spec that workers can open, e.g. hf:NAME, or index without a queue.',
  },
  XQG_PARTS_PLACE: {
    message: 'Parts cannot be stored at {place}.',
    remedy: 'Name a folder that the workers share, or s3://bucket/prefix.',
  },
  XQG_PARTS_STORAGE: {
    message: 'The storage of parts at {place} does not work: {problem}.',
    remedy:
      'Check address and keys (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...), then run the same command again.',
  },
  XQG_PARTS_UNSEEN: {
    message: 'This machine cannot see the parts of the run in {place}.',
    remedy: 'Say where they are on this machine: xqg worker --parts DIR (or s3://bucket/prefix)',
  },
  XQG_PARTS_INCOMPLETE: {
    message:
      '{done} of {parts} parts done, {setAside} set aside; the first because of this: {reason}',
    remedy:
      'Fix the cause and run the same command again with --retry-failed: finished work is kept.',
  },
  XQG_PART_SET_ASIDE: {
    message: '{path} is in part {part} of {passages} passages, which was set aside: {reason}',
    remedy: 'Fix the cause and run the same command again with --retry-failed.',
  },
  XQG_PART_DAMAGED: {
    message: 'The part {place} cannot be used: {reason}.',
    remedy: 'Run the same xqg index command again with --retry-failed: the part is made again.',
  },
  XQG_PART_IDENTITY: {
    message: 'The part {place} was made with the {what} {part}, but the index has {index}.',
    remedy: 'Delete that file and run the same command again: the part is made again.',
  },
  XQG_WORKER_IDENTITY: {
    message: 'The parts are to be made with the {what} {plan}, but this worker has {worker}.',
    remedy: '{remedy}.',
  },
} as const;
