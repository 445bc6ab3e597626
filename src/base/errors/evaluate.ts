/** Data sets, measures and experiments. */
export const evaluateErrors = {
  XQG_UNKNOWN_MEASURE: {
    message: 'Unknown measure "{measure}".',
    remedy: 'Use any of {known} (k is a positive whole number), e.g. "nDCG@10 MRR@10 R@100 mAP".',
  },
  XQG_UNPAIRED: {
    message:
      'A paired test needs {least} or more values of each system for the same queries, but got {first} and {second}.',
    remedy: 'Compare two systems over the same queries.',
  },
  XQG_EVALUATION_FILE: {
    message: 'Cannot read {file}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_EVALUATION_LINE: {
    message: '{file}, line {line}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_EVALUATION_MISSING: {
    message: 'Data is missing: {list}.',
    remedy: '{remedy}',
  },
  XQG_REPRODUCE_SKIPPED: {
    message: '{skipped} of {rows} figures were not measured, for want of data: {list}.',
    remedy: '{remedy}',
  },
  XQG_EVALUATION_DATA: {
    message: 'Data set {dataset} in {directory}: {reason}.',
    remedy: '{remedy}',
  },
  XQG_UNKNOWN_SYSTEM: {
    message: 'Unknown system "{system}".',
    remedy: 'Use any of {known}.',
  },
  XQG_DATA_UNKNOWN: {
    message: 'Unknown {what}.',
    remedy: 'There are {known} (xqg data list).',
  },
  XQG_DATA_MISSING: {
    message: 'There is no {file} to copy.',
    remedy:
      'Give the folder that holds the folders of data sets with --from, or leave --from out to download.',
  },
  XQG_DATA_INCOMPLETE: {
    message: '{bad} of {all} files in {dir} are missing, were changed, or have no known hash.',
    remedy: 'Download them: xqg data get {names} --dir {dir}',
  },
  XQG_DOWNLOAD: {
    message: 'Cannot download {url}: {reason}.',
    remedy: 'Run the same command again to continue; without internet access, copy with --from.',
  },
  XQG_DOWNLOAD_HASH: {
    message: '{url} has the sha256 {found}, but {expected} was expected.',
    remedy:
      'Download it again; if the hash is the same, the published file has changed: please report it.',
  },
  XQG_RUN_ID: {
    message: 'The id "{id}" contains a tab or a line break and cannot be written to a TREC run.',
    remedy: 'Rename it in the data.',
  },
  XQG_EXPERIMENT_FILE: {
    message: 'Cannot read the experiment file {file}: {reason}.',
    remedy: 'Check the path, or write a commented example: xqg experiment init {file}',
  },
  XQG_EXPERIMENT_INVALID: {
    message: 'The experiment file {file} cannot be used ({count} problems):{list}',
    remedy: 'Fix these lines. docs/experiments.md and xqg experiment init explain every key.',
  },
  XQG_EXPERIMENT_TUNED_ON_REPORTED: {
    message:
      '{tuning} shares {count} questions with {reported}, which is reported, "{question}" first.',
    remedy:
      'Tune on other data: parameters that were chosen on the reported questions make the report worthless.',
  },
  XQG_EXPERIMENT_EMPTY: {
    message: '{dataset} has no question for the setting {setting}.',
    remedy: 'Choose another setting or more languages under data.',
  },
  XQG_REPRODUCE_MATRIX: {
    message: 'Cannot read the matrix {file}: {reason}.',
    remedy:
      'The matrix of xqg is in its repository: experiments/reproduce.json; name another one with --matrix.',
  },
  XQG_NOT_REPRODUCED: {
    message: '{failed} of {rows} figures differ from the recorded ones.',
    remedy:
      'See the rows marked FAIL; if the change is intended, put the new figure into experiments/reproduce.json.',
  },
  XQG_EXPERIMENT_EXISTS: {
    message: '{file} already exists.',
    remedy: 'Choose another name, or delete it first.',
  },
} as const;
