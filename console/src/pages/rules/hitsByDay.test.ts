import { describe, expect, it } from 'vitest';

import { hitsByDay, hitsQuestion } from './hitsByDay';

describe('matches by day', () => {
  it('has a place for every day', () => {
    const days = hitsByDay([['2026-03-01T00:00:00Z', 4], ['2026-03-03T00:00:00Z', 2]], Date.parse('2026-03-03T23:00:00Z'));
    expect(days).toHaveLength(30);
    expect(days.slice(-3)).toEqual([{ day: '2026-03-01', matches: 4 }, { day: '2026-03-02', matches: 0 }, { day: '2026-03-03', matches: 2 }]);
  });

  it('quotes the name of the rule', () => {
    expect(hitsQuestion("it's")).toContain("array_has(rules, 'it''s')");
  });
});
