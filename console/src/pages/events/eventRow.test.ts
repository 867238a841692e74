import { expect, it } from 'vitest';

import { eventRow, rowMatches } from './eventRow';

const connect = {
  time: 1000, metadata: { event_code: 'connect' }, status_id: 2, dst_endpoint: { ip: '10.0.0.1', port: 443 },
  actor: { process: { pid: 7, name: 'curl', cmd_line: 'curl -s x', user: { uid: '33', name: 'www-data' } } },
};

it('shows the far end of a connection and its failure', () => {
  const row = eventRow(1, connect);
  expect([row.kind, row.process, row.target, row.user, row.failed]).toEqual(['connect', 'curl', '10.0.0.1:443', 'www-data', true]);
});

it('matches when every word is somewhere', () => {
  const row = eventRow(1, connect);
  expect(rowMatches(row, 'CURL 443')).toBe(true);
  expect(rowMatches(row, 'curl bash')).toBe(false);
  expect(rowMatches(row, '')).toBe(true);
});

it('takes what is no event without failing', () => {
  expect(eventRow(1, null).kind).toBe('');
});
