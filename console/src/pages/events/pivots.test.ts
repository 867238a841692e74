import { describe, expect, it } from 'vitest';

import { literal, pivotsOf } from './pivots';

describe('pivots', () => {
  it('lead on from an OCSF event', () => {
    const event = {
      time: 1_790_000_000_000,
      actor: { process: { name: 'nc', pid: 7, uid: '7-99', file: { path: '/usr/bin/nc' }, user: { name: "o'neil" } } },
      dst_endpoint: { ip: '192.0.2.1', port: 4444 },
      container: { uid: 'abcdef0123456789', name: 'web' },
    };
    const pivots = pivotsOf(event);
    expect(pivots.map(({ name, value }) => [name, value])).toEqual([
      ['process', 'nc 7'], ['program', '/usr/bin/nc'], ['user', "o'neil"], ['container', 'web'], ['address', '192.0.2.1'], ['around', '2026-09-21T14:13:20.000Z'],
    ]);
    const sql = Object.fromEntries(pivots.map((pivot) => [pivot.name, pivot.sql]));
    expect(sql.process).toContain("WHERE process_uid = '7-99'\n");
    expect(sql.user).toContain("user_name = 'o''neil'");
    expect(sql.container).toContain("container_id = 'abcdef0123456789'");
    expect(sql.address).toContain("dst_ip = '192.0.2.1' OR src_ip = '192.0.2.1'");
    expect(sql.around).toContain("time >= TIMESTAMP '2026-09-21T14:12:20.000Z' AND time <= TIMESTAMP '2026-09-21T14:14:20.000Z'\nORDER BY time ASC");
  });

  it('lead on from a row of the event tables', () => {
    const pivots = pivotsOf({ time: '2026-09-21T14:13:20.5Z', process_uid: '9-1', process_name: 'sh', file_path: '/etc/x', user_name: 'root' });
    expect(pivots.map(({ name }) => name)).toEqual(['process', 'user', 'file', 'around']);
  });

  it('are none where nothing is known', () => {
    expect(pivotsOf({ count: 3 })).toEqual([]);
    expect(pivotsOf('text')).toEqual([]);
    expect(literal("'; DROP TABLE events --")).toBe("'''; DROP TABLE events --'");
  });
});
