import { describe, expect, it } from 'vitest';

import { chartOf } from './chartOf';

const column = (name: string, data_type = 'text') => ({ name, data_type });
const answer = (columns: ReturnType<typeof column>[], rows: unknown[][]) => ({ columns, rows, elapsed_ms: 1, truncated: false });

describe('the chart of an answer', () => {
  it('sets numbers against the first column that is none', () => {
    const chart = chartOf(answer([column('events', 'integer'), column('type'), column('hosts', 'integer')], [[3, 'openat', 1], [2, 'execve', null]]));
    expect(chart).toMatchObject({ kind: 'bar', categories: ['openat', 'execve'] });
    expect(chart?.series.map(({ name, values }) => [name, values])).toEqual([['events', [3, 2]], ['hosts', [1, 0]]]);
  });

  it('lets time run to the right', () => {
    const chart = chartOf(answer([column('hour', 'timestamp'), column('n', 'integer')], [['2026-01-01T02:00:00Z', 2], ['2026-01-01T01:00:00Z', 1]]));
    expect(chart?.series[0]?.values).toEqual([1, 2]);
  });

  it('is none where there is nothing to draw', () => {
    expect(chartOf(answer([column('type')], [['openat']]))).toBeNull();
    expect(chartOf(answer([column('n', 'integer')], [[1]]))).toBeNull();
    expect(chartOf(answer([column('type'), column('n', 'integer')], []))).toBeNull();
    expect(chartOf(answer([column('type'), column('n', 'integer')], Array.from({ length: 501 }, () => ['a', 1])))).toBeNull();
  });
});
