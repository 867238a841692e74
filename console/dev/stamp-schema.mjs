// Writes the command that makes src/api/schema.ts at its head.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../src/api/schema.ts', import.meta.url);
const text = readFileSync(file, 'utf8').replace(/^\/\*\*[\s\S]*?\*\/\s*/, '');
writeFileSync(file, `// Generated from docs/openapi.json by \`make codegen\` (here: \`npm run codegen\`). Do not edit.\n\n${text}`);
