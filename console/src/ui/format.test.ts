import { describe, expect, it } from 'vitest';

import { ago, bytes, csv, duration, percent, rate } from './format';

describe('formatters', () => {
  it('say how long ago in the largest unit', () => {
    const now = Date.parse('2026-01-02T00:00:00Z');
    expect(ago('2026-01-01T23:57:00Z', now, 'en')).toBe('3 minutes ago');
    expect(ago('2026-01-01T23:57:00Z', now, 'ja')).toBe('3 分前');
    expect(ago('2026-01-02T00:00:00Z', now, 'en')).toBe('now');
  });
  it('give a duration two units', () => {
    expect(duration(90_061_000, 'en')).toBe('1 day 1 hr');
    expect(duration(0, 'en')).toBe('0 sec');
  });
  it('scale bytes and rates', () => {
    expect(bytes(999, 'en')).toBe('999 B');
    expect(bytes(48_300_000, 'en')).toBe('48.3 MB');
    expect(rate(3.26, 'en')).toBe('3.3');
    expect(percent(0.00012, 'en')).toBe('0.012%');
  });
  it('quote CSV and defuse formulas', () => {
    expect(csv(['a', 'b'], [['x,"y"', '=1+1'], [null, -2]])).toBe('a,b\r\n"x,""y""",\'=1+1\r\n,-2\r\n');
  });
});
