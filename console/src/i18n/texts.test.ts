import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { en } from './en';
import { ja } from './ja';
import { fill } from './texts';

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !path.includes('i18n') ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('the two languages', () => {
  it('have the same keys', () => {
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
  });

  it('have no empty text', () => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(ja)]) expect(text.trim(), key).not.toBe('');
  });

  it('fill the same places', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(places(ja[key]), key).toEqual(places(en[key]));
  });

  it('write Japanese in Japanese', () => {
    const same = (Object.keys(en) as (keyof typeof en)[]).filter((key) => ja[key] === en[key]);
    expect(same.filter((key) => !['mode.ebpf', 'mode.procfs', 'kind.web', 'tree.pid', 'events.tab.sql', 'sql.editor'].includes(key))).toEqual([]);
  });

  it('have no text that nobody shows', () => {
    const code = sources('src').join('\n');
    const families = [...code.matchAll(/`([a-z][\w.]*\.)\$\{/g)].map((match) => match[1] ?? '');
    const unused = Object.keys(en).filter(
      (key) => !code.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });
});

describe('fill', () => {
  it('puts values into their places and leaves unknown places', () => {
    expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}');
  });
});
