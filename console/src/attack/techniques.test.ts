import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { present, TACTICS, TECHNIQUES } from './techniques';

/** Ids in files of a folder, at any depth. */
function named(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(yaml|rs)$/.test(entry.name))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').match(/\bT1\d{3}(\.\d{3})?\b/g) ?? []);
}

describe('techniques', () => {
  it('know every one that rules and emulations name', () => {
    const ids = new Set([...named('../content/rules'), ...named('../crates/verify/src')].map(present));
    expect(ids.size).toBeGreaterThan(50);
    expect([...ids].filter((id) => !TECHNIQUES.has(id))).toEqual([]);
  });

  it('have a name and a tactic, and no old number', () => {
    for (const [id, { name, tactics }] of TECHNIQUES) {
      expect(name, id).not.toBe('');
      expect(tactics.length, id).toBeGreaterThan(0);
      expect(present(id), id).toBe(id);
    }
    expect(TACTICS.length).toBe(new Set(TACTICS).size);
  });
});
