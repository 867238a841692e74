import { describe, expect, it } from 'vitest';

import type { Proof } from '../../api/model';
import { matrix } from './standing';

function proof(emulation: string, technique: string, ends: 'seen' | 'blocked' | 'missed', hour = 1): Proof {
  return { emulation, technique, rule: null, seen: ends === 'seen', blocked: ends === 'blocked', detail: '', time: `2030-01-01T0${hour}:00:00Z` };
}
const rule = (techniques: string[], enabled = true, blind_kinds: string[] = []) => ({ enabled, techniques, blind_kinds });

describe('matrix', () => {
  it('goes by the latest run of each emulation', () => {
    const standings = (proofs: Proof[], rules = [rule(['T1059.004'])]) => matrix(proofs, rules).flatMap((column) => column.cells.map((cell) => cell.standing));
    const cases: [Proof[], string[]][] = [
      [[], ['claimed']],
      [[proof('a', 'T1059.004', 'seen')], ['seen']],
      [[proof('a', 'T1059.004', 'seen', 1), proof('a', 'T1059.004', 'missed', 2)], ['missed']],
      [[proof('a', 'T1059.004', 'missed', 1), proof('a', 'T1059.004', 'seen', 2)], ['seen']],
      [[proof('a', 'T1059.004', 'seen'), proof('b', 'T1059.004', 'missed')], ['partly']],
      [[proof('a', 'T1059.004', 'blocked')], ['blocked']],
      [[proof('a', 'T1059.004', 'blocked'), proof('b', 'T1059.004', 'seen')], ['seen']],
    ];
    for (const [proofs, expected] of cases) expect(standings(proofs)).toEqual(expected);
    expect(standings([], [rule(['T1059.004'], false)])).toEqual([]);
    expect(standings([], [rule(['T1059.004'], true, ['bpf'])])).toEqual(['blind']);
  });

  it('puts a technique under each of its tactics, by its present number', () => {
    const columns = matrix([proof('a', 'T1562.004', 'seen')], [rule(['T1686', 'T1562.004', 'T1053.003', 'T9999'])]);
    expect(columns.map((column) => column.tactic)).toEqual(['execution', 'persistence', 'privilege_escalation', 'defense_impairment', 'other']);
    expect(columns[3]?.cells).toEqual([{ id: 'T1686', name: 'Disable or Modify System Firewall', standing: 'seen', time: '2030-01-01T01:00:00Z', emulations: 1, rules: 1 }]);
  });
});
