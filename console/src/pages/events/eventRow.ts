// What a line of the live tail shows of an OCSF event.
import { object, processOf, text } from '../../ui/processChain';

export interface EventRow {
  key: number;
  timeMs: number;
  kind: string;
  process: string;
  pid: string;
  user: string;
  target: string;
  failed: boolean;
  haystack: string;
  event: unknown;
}

function endpoint(value: unknown): string {
  const end = object(value);
  const port = text(end?.port);
  return end ? `${text(end.ip)}${port ? `:${port}` : ''}` : '';
}

export function eventRow(key: number, event: unknown): EventRow {
  const record = object(event);
  const process = processOf(event);
  const user = object(process?.user);
  const target = text(object(record?.file)?.path) || endpoint(record?.dst_endpoint) || text(process?.cmd_line);
  const row = {
    key,
    timeMs: typeof record?.time === 'number' ? record.time : 0,
    kind: text(object(record?.metadata)?.event_code),
    process: text(process?.name),
    pid: text(process?.pid),
    user: text(user?.name) || text(user?.uid),
    target,
    failed: record?.status_id === 2,
    event,
  };
  return { ...row, haystack: [row.kind, row.process, row.pid, row.user, target, text(process?.cmd_line)].join(' ').toLowerCase() };
}

/** Whether every word of the filter stands somewhere in the row. */
export function rowMatches(row: EventRow, filter: string): boolean {
  return filter.toLowerCase().split(/\s+/).every((word) => row.haystack.includes(word));
}
