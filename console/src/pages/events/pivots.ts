// Questions that lead on from an event: the same process, program, user, container, file or address, and what was around it.
import { object, processOf, text, type Json } from '../../ui/processChain';

export type PivotName = 'process' | 'program' | 'user' | 'container' | 'file' | 'address' | 'around';

export interface Pivot {
  name: PivotName;
  /** What it is about, for a person. */
  value: string;
  sql: string;
}

const COLUMNS = 'time, type, process_name, process_cmd_line, file_path, dst_ip, dst_port, user_name, rules';
const AROUND_SECONDS = 60;
const MS_MIN = 100_000_000_000;

/** A text as SQL writes it. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function question(where: string, order = 'DESC'): string {
  return `SELECT ${COLUMNS}\nFROM events\nWHERE ${where}\nORDER BY time ${order}\nLIMIT 1000`;
}

// OCSF events count milliseconds; rows of an answer have a text.
function timeOf(record: Json): string {
  const { time } = record;
  if (typeof time === 'number' && time > MS_MIN) return new Date(time).toISOString();
  return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : '';
}

/** What can be asked next about an OCSF event, or about a row of the event tables. */
export function pivotsOf(event: unknown): Pivot[] {
  const record = object(event);
  if (!record) return [];
  const process = processOf(event);
  const user = object(process?.user);
  const container = object(record.container);
  const found: Pivot[] = [];
  const add = (name: PivotName, column: string, value: string, shown = value) => {
    if (value !== '') found.push({ name, value: shown, sql: question(`${column} = ${literal(value)}`) });
  };
  const name = text(process?.name) || text(record.process_name);
  const pid = text(process?.pid) || text(record.process_pid);
  add('process', 'process_uid', text(process?.uid) || text(record.process_uid), [name, pid].filter(Boolean).join(' '));
  add('program', 'process_path', text(object(process?.file)?.path) || text(record.process_path));
  add('user', 'user_name', text(user?.name) || text(record.user_name));
  add('container', 'container_id', text(container?.uid) || text(record.container_id), text(container?.name) || text(record.container_name) || text(container?.uid).slice(0, 12) || text(record.container_id).slice(0, 12));
  add('file', 'file_path', text(object(record.file)?.path) || text(record.file_path));
  const address = text(object(record.dst_endpoint)?.ip) || text(record.dst_ip);
  if (address !== '') found.push({ name: 'address', value: address, sql: question(`dst_ip = ${literal(address)} OR src_ip = ${literal(address)}`) });
  const time = timeOf(record);
  if (time !== '') {
    const at = Date.parse(time);
    const bound = (seconds: number) => `TIMESTAMP '${new Date(at + seconds * 1000).toISOString()}'`;
    found.push({ name: 'around', value: time, sql: question(`time >= ${bound(-AROUND_SECONDS)} AND time <= ${bound(AROUND_SECONDS)}`, 'ASC') });
  }
  return found;
}
