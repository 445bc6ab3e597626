import { mkdirSync } from 'node:fs';
import { writeHostileFolder } from './hostile/documents.js';
const dir = process.argv[2];
mkdirSync(dir, { recursive: true });
const f = await writeHostileFolder(dir, Number(process.argv[3]));
console.log(f.hostile.length, f.special.length, f.good.length);
f.end();
