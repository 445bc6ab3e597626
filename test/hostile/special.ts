/** What lies in a folder besides files: pipes, devices, links, depths and names. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Bytes of a file without content on the disk. */
const SPARSE = 2 ** 31;
const DIAMOND_LEVELS = 40;
const DEPTH = 500;

export interface Special {
  /** Makes it in the folder; `atEnd` gets what ends it. */
  readonly make: (folder: string, atEnd: (end: () => void) => void) => void;
  /** The name that is reported. */
  readonly name: string;
}

const link = (target: string, name: string): Special => ({
  name,
  make: (folder) => symlinkSync(target, join(folder, name)),
});

const sparse = (name: string): Special => ({
  name,
  make: (folder) => {
    const file = openSync(join(folder, name), 'w');
    ftruncateSync(file, SPARSE);
    closeSync(file);
  },
});

export const SPECIAL: readonly Special[] = [
  ...['pipe.txt', 'pipe.pdf', 'pipe.jsonl'].map((name) => ({
    name,
    make: (folder: string) => void spawnSync('mkfifo', [join(folder, name)]),
  })),
  {
    name: 'socket.md',
    make: (folder, atEnd) => {
      const server = createServer().listen(join(folder, 'socket.md'));
      atEnd(() => server.close());
    },
  },
  link('/dev/zero', 'zero.txt'),
  link('/dev/urandom', 'random.md'),
  link('/dev/full', 'full.csv'),
  link('nowhere.txt', 'dangling.txt'),
  link('itself.txt', 'itself.txt'),
  link('.', 'here'),
  link('..', 'above'),
  ...['txt', 'md', 'pdf', 'docx', 'html', 'json', 'jsonl', 'csv'].map((ending) =>
    sparse(`sparse.${ending}`),
  ),
  {
    // Each folder leads to the next by two ways: 2^40 ways to the last.
    name: 'diamond',
    make: (folder) => {
      const root = join(folder, 'diamond');
      for (let level = 0; level <= DIAMOND_LEVELS; level++) {
        const at = join(root, String(level));
        mkdirSync(at, { recursive: true });
        for (const way of level === DIAMOND_LEVELS ? [] : ['left', 'right'])
          symlinkSync(join('..', String(level + 1)), join(at, way));
      }
    },
  },
  {
    name: 'deep',
    make: (folder) => {
      mkdirSync(join(folder, 'deep', ...Array.from({ length: DEPTH }, () => 'd')), {
        recursive: true,
      });
    },
  },
  {
    // Beyond the longest path: each command can name only a part of it.
    name: 'beyond',
    make: (folder) => {
      const name = 'x'.repeat(200);
      const script = `mkdir beyond && cd beyond && for i in $(seq 30); do mkdir ${name} && cd -P ${name} || exit; done`;
      spawnSync('sh', ['-c', script], { cwd: folder });
    },
  },
  {
    name: 'control',
    make: (folder) =>
      writeFileSync(join(folder, 'control\x1b[31m\x07\nname.pdf'), 'no PDF, whatever it is called'),
  },
  {
    name: 'folder.pdf',
    make: (folder) => {
      mkdirSync(join(folder, 'folder.pdf'));
      writeFileSync(join(folder, 'folder.pdf', 'no.docx'), 'no archive');
    },
  },
  {
    name: 'rules',
    make: (folder) => {
      mkdirSync(join(folder, 'rules'));
      writeFileSync(join(folder, 'rules', '.gitignore'), `${'**/a/'.repeat(30)}b\n`);
      writeFileSync(join(folder, 'rules', `${'a'.repeat(200)}.txt`), 'x');
    },
  },
  {
    name: 'rules-pipe',
    make: (folder) => {
      mkdirSync(join(folder, 'rules-pipe'));
      spawnSync('mkfifo', [join(folder, 'rules-pipe', '.xqgignore')]);
    },
  },
  {
    name: 'long',
    make: (folder) => writeFileSync(join(folder, `long${'n'.repeat(245)}.docx`), 'no archive'),
  },
  {
    name: 'unreadable.md',
    make: (folder) => {
      writeFileSync(join(folder, 'unreadable.md'), `${'>'.repeat(3000)} x`);
      chmodSync(join(folder, 'unreadable.md'), 0);
    },
  },
];
