// The ATT&CK matrix of this host. Colours say what was proven and when, not what a rule claims to see.
import { SegmentedControl, UnstyledButton } from '@mantine/core';
import { useState } from 'react';

import type { Proof, RuleInfo } from '../../api/model';
import { useLanguage } from '../../i18n/language';
import { count, date, dateTime } from '../../ui/format';
import { matrix, type Cell, type Standing } from './standing';

const STANDINGS: readonly Standing[] = ['blocked', 'seen', 'partly', 'missed', 'claimed', 'blind'];

function TechniqueCell({ cell, onChoose }: { cell: Cell; onChoose: (id: string) => void }) {
  const { language, t } = useLanguage();
  const told = cell.time ? `${t(`matrix.${cell.standing}`)} · ${date(cell.time, language)}` : t(`matrix.${cell.standing}`);
  return (
    <UnstyledButton className="y-technique" data-technique={cell.id} data-standing={cell.standing} onClick={() => onChoose(cell.id)} disabled={cell.emulations === 0}
      title={`${cell.id} ${cell.name}\n${t('matrix.counts', { emulations: count(cell.emulations, language), rules: count(cell.rules, language) })}${cell.time ? `\n${dateTime(cell.time, language)}` : ''}`}>
      <span className="y-mono">{cell.id}</span>
      <span>{cell.name}</span>
      <span className="y-technique-told">{told}</span>
    </UnstyledButton>
  );
}

export function Matrix({ proofs, rules, onChoose }: { proofs: readonly Proof[]; rules: readonly RuleInfo[]; onChoose: (id: string) => void }) {
  const { language, t } = useLanguage();
  const [shown, show] = useState<'proven' | 'all'>('all');
  const columns = matrix(proofs, rules)
    .map((column) => ({ ...column, cells: column.cells.filter((cell) => shown === 'all' || cell.emulations > 0) }))
    .filter((column) => column.cells.length > 0);
  const techniques = new Map(columns.flatMap((column) => column.cells.map((cell) => [cell.id, cell.standing] as const)));
  const counts = STANDINGS.map((standing) => [standing, [...techniques.values()].filter((one) => one === standing).length] as const).filter(([, found]) => found > 0);
  return (
    <section className="y-card">
      <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap', alignItems: 'center', marginBottom: 12 }}>
        <h2 className="y-grow" style={{ margin: 0 }}>{t('matrix.title')}</h2>
        <SegmentedControl size="xs" aria-label={t('matrix.shown')} value={shown} onChange={(value) => show(value === 'all' ? 'all' : 'proven')}
          data={[{ value: 'all', label: t('app.all') }, { value: 'proven', label: t('matrix.onlyProven') }]} />
      </div>
      <p className="y-legend">
        {counts.map(([standing, found]) => <span key={standing} data-standing={standing}>{t(`matrix.${standing}`)} {count(found, language)}</span>)}
      </p>
      <div className="y-matrix y-scroll-x" tabIndex={0} role="group" aria-label={t('matrix.title')}>
        {columns.map((column) => (
          <section key={column.tactic} data-tactic={column.tactic}>
            <h3>{t(`tactic.${column.tactic}`)}</h3>
            {column.cells.map((cell) => <TechniqueCell key={cell.id} cell={cell} onChoose={onChoose} />)}
          </section>
        ))}
      </div>
    </section>
  );
}
