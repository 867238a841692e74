// Results of `yagura verify`, by ATT&CK technique: seen or not, blocked or not, how fast. The latest run of each counts.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import type { Proof } from '../../api/model';
import { queries } from '../../api/queries';
import { present, TECHNIQUES } from '../../attack/techniques';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PageHead } from '../../shell/PageFrame';
import { Copy } from '../../ui/CodeBlock';
import { ago, count } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { Matrix } from './Matrix';
import { latest } from './standing';

const COMMAND = 'sudo yagura verify';

/** The latest proof of each emulation, by technique. */
function byTechnique(proofs: readonly Proof[]): [string, Proof[]][] {
  const groups = new Map<string, Proof[]>();
  for (const proof of latest(proofs)) {
    const technique = proof.technique ? present(proof.technique) : '';
    groups.set(technique, [...(groups.get(technique) ?? []), proof]);
  }
  return [...groups].sort(([one], [other]) => one.localeCompare(other));
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

export default function ProofsPage() {
  const { language, t } = useLanguage();
  const { data, error, refetch } = useQuery(queries.proofs());
  const rules = useQuery(queries.rules()).data?.rules ?? [];
  const groups = useMemo(() => byTechnique(data ?? []), [data]);
  const proofs = groups.flatMap(([, group]) => group);
  const seen = proofs.filter((proof) => proof.seen);
  const middle = median(seen.flatMap((proof) => proof.latency_ms ?? []));
  const lastRun = proofs.map((proof) => proof.time).sort().at(-1);
  return (
    <>
      <PageHead title={t('proofs.title')} lead={t('proofs.lead')} />
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />) : proofs.length === 0 ? (
        <div className="y-card">
          <Empty title={t('proofs.empty')} detail={t('proofs.empty.detail')}>
            <span style={{ display: 'flex', gap: 10, alignItems: 'center' }}><code className="y-code" style={{ padding: '6px 12px' }}>{COMMAND}</code><Copy text={COMMAND} /></span>
          </Empty>
        </div>
      ) : (
        <div className="y-grid">
          <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 190px), 1fr))' }}>
            <div className="y-card"><div className="y-stat-label">{t('proofs.coverage')}</div><div className="y-stat-value">{seen.length}/{proofs.length}</div></div>
            <div className="y-card"><div className="y-stat-label">{t('proofs.blocked')}</div><div className="y-stat-value">{proofs.filter((proof) => proof.blocked).length}</div></div>
            <div className="y-card"><div className="y-stat-label">{t('proofs.median')}</div><div className="y-stat-value">{middle === null ? '—' : `${count(middle, language)} ms`}</div></div>
            <div className="y-card"><div className="y-stat-label">{t('proofs.lastRun')}</div><div className="y-stat-value" style={{ fontSize: 19 }}>{lastRun ? ago(lastRun, Date.now(), language) : '—'}</div></div>
          </div>
          <Matrix proofs={data} rules={rules} onChoose={(id) => document.getElementById(`technique-${id}`)?.scrollIntoView({ block: 'center', behavior: 'smooth' })} />
          <section className="y-card y-scroll-x" tabIndex={0} aria-label={t('proofs.title')}>
            <table className="y-plain-table" style={{ minWidth: 720 }}>
              <thead>
                <tr>
                  <th scope="col">{t('proofs.technique')}</th><th scope="col">{t('proofs.emulation')}</th><th scope="col">{t('proofs.result')}</th>
                  <th scope="col">{t('proofs.rule')}</th><th scope="col" className="y-number">{t('proofs.latency')}</th><th scope="col">{t('proofs.time')}</th>
                </tr>
              </thead>
              <tbody>
                {groups.flatMap(([technique, group]) =>
                  group.map((proof, index) => (
                    <tr key={proof.emulation} id={index === 0 ? `technique-${technique}` : undefined}>
                      {index === 0 ? <td rowSpan={group.length}><Tag>{technique || t('proofs.noTechnique')}</Tag>{TECHNIQUES.has(technique) ? <div className="y-quiet" style={{ fontSize: 13, maxWidth: 200 }}>{TECHNIQUES.get(technique)?.name}</div> : null}</td> : null}
                      <td>{proof.emulation}{proof.detail ? <div className="y-quiet" style={{ fontSize: 13 }}>{proof.detail}</div> : null}</td>
                      <td style={{ whiteSpace: 'nowrap' }}>
                        <Tag tone={proof.seen ? 'good' : 'bad'}>{t(proof.seen ? 'proofs.seen' : 'proofs.missed')}</Tag>{' '}
                        {proof.blocked ? <Tag tone="good">{t('proofs.blocked')}</Tag> : null}
                      </td>
                      <td>{proof.rule ? <Link to="/rules/$name" params={{ name: proof.rule }} className="y-rule-link">{proof.rule}</Link> : '—'}</td>
                      <td className="y-number">{proof.latency_ms == null ? '—' : `${count(proof.latency_ms, language)} ms`}</td>
                      <td className="y-quiet" style={{ whiteSpace: 'nowrap' }}>{ago(proof.time, Date.now(), language)}</td>
                    </tr>
                  )),
                )}
              </tbody>
            </table>
          </section>
        </div>
      )}
    </>
  );
}
