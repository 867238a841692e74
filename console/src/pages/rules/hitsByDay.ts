// Days without a match are days, too.
import { literal } from '../events/pivots';

const DAYS = 30;
const DAY_MS = 86_400_000;

/** Counts the stored events that a rule matched, by day. */
export function hitsQuestion(rule: string): string {
  return `SELECT date_trunc('day', time) AS day, count(*) AS matches FROM events WHERE time > now() - INTERVAL '${DAYS} days' AND array_has(rules, ${literal(rule)}) GROUP BY 1 ORDER BY 1`;
}

/** The last 30 days up to `now`, the earliest first, with what the answer says of each. */
export function hitsByDay(rows: readonly (readonly unknown[])[], now: number): { day: string; matches: number }[] {
  const counted = new Map(rows.map(([day, matches]) => [String(day).slice(0, 10), Number(matches)]));
  return Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(now - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    return { day, matches: counted.get(day) ?? 0 };
  });
}
