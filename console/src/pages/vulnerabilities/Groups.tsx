// Vulnerabilities by what they have in common: package, asset, image or layer.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { VulnerabilityGroup } from '../../api/model';
import { scanQueries, type VulnerabilityFilter } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { count, rate } from '../../ui/format';
import { SeverityMark } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';
import { shortDigest } from './proof';

export const GROUPINGS = ['package', 'asset', 'image', 'layer'] as const;
export type Grouping = (typeof GROUPINGS)[number];

function narrowed(by: Grouping, key: string) {
  if (by === 'package') return { package: key };
  return by === 'layer' ? { layer: key } : { asset_id: key };
}

function Row({ by, group }: { by: Grouping; group: VulnerabilityGroup }) {
  const kept = { ...useSearch({ from: '/shell/vulnerabilities' }), by: undefined };
  const { language, t } = useLanguage();
  const facts = [
    t(group.count === 1 ? 'vulnerabilities.count.one' : 'vulnerabilities.count', { count: count(group.count, language) }),
    t('vulnerabilities.count.fixable', { count: count(group.fixable, language) }),
    ...(by === 'package' || by === 'layer' ? [t(group.assets === 1 ? 'vulnerabilities.count.asset' : 'vulnerabilities.count.assets', { count: count(group.assets, language) })] : []),
  ];
  return (
    <li>
      <Link to="/vulnerabilities" search={{ ...kept, ...narrowed(by, group.key) }} className="y-row-link" data-group={group.key}>
        <span style={{ width: 84, flex: 'none' }}><SeverityMark severity={group.severity_max} /></span>
        <span className="y-grow">
          <strong className={by === 'layer' ? 'y-mono' : undefined} style={{ fontWeight: 600 }} title={group.key}>{by === 'layer' ? shortDigest(group.label) : group.label}</strong>
          <span className="y-quiet" style={{ display: 'block', fontSize: 13 }}>{facts.join(' · ')}</span>
        </span>
        <span className="y-number" title={t('vulnerabilities.risk.detail')}>{rate(group.risk_max, language)}</span>
      </Link>
    </li>
  );
}

export function Groups({ by, filter, empty }: { by: Grouping; filter: VulnerabilityFilter; empty: ReactNode }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery(scanQueries.vulnerabilityGroups(by, filter));
  if (!data) return error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={8} />;
  if (data.length === 0) return empty;
  return <section className="y-card" aria-label={t(`vulnerabilities.by.${by}`)}><ul className="y-rows">{data.map((group) => <Row key={group.key} by={by} group={group} />)}</ul></section>;
}
