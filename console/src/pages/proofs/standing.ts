// What stands in the ATT&CK matrix: for each technique what was proven on this host, else whether a rule is on for it.
import type { Proof, RuleInfo } from '../../api/model';
import { present, TACTICS, TECHNIQUES, type Tactic } from '../../attack/techniques';

/** `blocked` and `seen`: by every emulation of it. `partly`: by some. `missed`: by none. `claimed`: a rule is on, nothing proven. */
export type Standing = 'blocked' | 'seen' | 'partly' | 'missed' | 'claimed' | 'blind';

export interface Cell {
  id: string;
  name: string;
  standing: Standing;
  /** When the latest emulation ran. */
  time: string | null;
  emulations: number;
  rules: number;
}

export interface Column {
  tactic: Tactic | 'other';
  cells: Cell[];
}

/** The latest run of each emulation. */
export function latest(proofs: readonly Proof[]): Proof[] {
  const newest = new Map<string, Proof>();
  for (const proof of proofs) {
    const before = newest.get(proof.emulation);
    if (!before || Date.parse(before.time) < Date.parse(proof.time)) newest.set(proof.emulation, proof);
  }
  return [...newest.values()];
}

type Ruled = Pick<RuleInfo, 'enabled' | 'techniques' | 'blind_kinds'>;

function standing(proofs: readonly Proof[], rules: readonly Ruled[]): Standing {
  const held = proofs.filter((proof) => proof.seen || proof.blocked);
  if (proofs.length === 0) return rules.some((rule) => rule.blind_kinds.length === 0) ? 'claimed' : 'blind';
  if (held.length === 0) return 'missed';
  if (held.length < proofs.length) return 'partly';
  return proofs.every((proof) => proof.blocked) ? 'blocked' : 'seen';
}

/** The matrix; tactics without a technique are left out. */
export function matrix(proofs: readonly Proof[], rules: readonly Ruled[]): Column[] {
  const techniques = new Map<string, { proofs: Proof[]; rules: Ruled[] }>();
  const at = (id: string) => {
    const known = techniques.get(present(id)) ?? { proofs: [], rules: [] };
    techniques.set(present(id), known);
    return known;
  };
  for (const proof of latest(proofs)) if (proof.technique) at(proof.technique).proofs.push(proof);
  for (const rule of rules) if (rule.enabled) for (const id of new Set(rule.techniques.map(present))) at(id).rules.push(rule);

  const columns = new Map<Column['tactic'], Cell[]>();
  for (const [id, found] of [...techniques].sort(([one], [other]) => one.localeCompare(other))) {
    const technique = TECHNIQUES.get(id);
    const cell: Cell = {
      id,
      name: technique?.name ?? '',
      standing: standing(found.proofs, found.rules),
      time: found.proofs.map((proof) => proof.time).sort().at(-1) ?? null,
      emulations: found.proofs.length,
      rules: found.rules.length,
    };
    for (const tactic of technique?.tactics ?? (['other'] as const)) columns.set(tactic, [...(columns.get(tactic) ?? []), cell]);
  }
  return [...TACTICS, 'other' as const].flatMap((tactic) => {
    const cells = columns.get(tactic);
    return cells ? [{ tactic, cells }] : [];
  });
}
