// What of an answer can be drawn: the first column that is no number along the bottom, every column of numbers as a series.
import type { QueryResult } from '../../api/model';
import type { ChartSeries } from '../../ui/Chart';
import { cell } from '../../ui/format';

const POINTS_MAX = 500;
const SERIES_MAX = 5;
const COLOURS = ['--y-low', '--y-high', '--y-good', '--y-medium', '--y-critical'] as const;

export interface AnswerChart {
  kind: 'bar' | 'line';
  categories: string[];
  series: ChartSeries[];
}

/** The chart of an answer; none where it has no numbers, nothing to set them against, or too many rows to be read. */
export function chartOf({ columns, rows }: QueryResult): AnswerChart | null {
  if (rows.length === 0 || rows.length > POINTS_MAX) return null;
  const isNumbers = (index: number) => rows.some((row) => row[index] !== null) && rows.every((row) => row[index] === null || typeof row[index] === 'number');
  const numbers = columns.flatMap((_, index) => (isNumbers(index) ? [index] : [])).slice(0, SERIES_MAX);
  const along = columns.findIndex((_, index) => !isNumbers(index));
  if (numbers.length === 0 || along < 0) return null;
  const isTime = columns[along]?.data_type === 'timestamp' || columns[along]?.name === 'time';
  // Time runs to the right, however the rows are ordered.
  const ordered = isTime ? [...rows].sort((left, right) => cell(left[along]).localeCompare(cell(right[along]))) : rows;
  return {
    kind: isTime && rows.length > 40 ? 'line' : 'bar',
    categories: ordered.map((row) => cell(row[along])),
    series: numbers.map((index, position) => ({
      name: columns[index]?.name ?? '',
      colour: COLOURS[position % COLOURS.length] ?? COLOURS[0],
      values: ordered.map((row) => Number(row[index] ?? 0)),
    })),
  };
}
