// Prints what the browser loads first, compressed, and fails when it is more than the console may weigh.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SHELL_KB_MAX = 250;
const dist = process.env.YAGURA_CONSOLE_DIST ?? 'dist';
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const scripts = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map((match) => match[1]);
let total = 0;
for (const script of new Set(scripts)) {
  const bytes = gzipSync(readFileSync(join(dist, script))).length;
  total += bytes;
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${script}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(7)} kB  first load, gzip (at most ${SHELL_KB_MAX})`);
if (total / 1000 > SHELL_KB_MAX) process.exit(1);
