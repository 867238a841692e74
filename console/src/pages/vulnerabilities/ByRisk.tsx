// Vulnerabilities one by one, the riskiest first.
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, type CSSProperties, type ReactNode } from 'react';

import type { Vulnerability } from '../../api/model';
import { scanQueries, type VulnerabilityFilter } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { rate } from '../../ui/format';
import { SeverityMark, Tag } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';
import { VirtualRows } from '../../ui/VirtualRows';
import { Marks } from './marks';

const WIDE = '84px minmax(0, 1.7fr) minmax(0, 1fr) minmax(0, 150px) 120px 52px';

function Fix({ vulnerability }: { vulnerability: Vulnerability }) {
  const { t } = useLanguage();
  return vulnerability.fixed_version
    ? <span>{vulnerability.version} → <strong style={{ fontWeight: 600, color: 'var(--y-good)' }}>{vulnerability.fixed_version}</strong></span>
    : <span>{vulnerability.version} · {t(`fix.${fixWord(vulnerability.fix_state)}`)}</span>;
}

const FIXES = ['not_fixed', 'will_not_fix', 'end_of_life', 'unknown'] as const;
export function fixWord(state: string): (typeof FIXES)[number] {
  return FIXES.find((known) => known === state) ?? 'unknown';
}

function Row({ vulnerability, wide, style }: { vulnerability: Vulnerability; wide: boolean; style: CSSProperties }) {
  const { language, t } = useLanguage();
  const what = (
    <span>
      <span className="y-clip" style={{ display: 'block', fontWeight: 600 }}>{vulnerability.vulnerability}</span>
      <span className="y-clip y-quiet" style={{ display: 'block', fontSize: 13 }}>{vulnerability.title}</span>
      {wide ? null : (
        <>
          <span className="y-clip" style={{ display: 'block', fontSize: 13 }}>{vulnerability.package} <span className="y-mono"><Fix vulnerability={vulnerability} /></span></span>
          <span className="y-clip" style={{ display: 'flex', gap: 6, alignItems: 'center' }}><SeverityMark severity={vulnerability.severity} /><Marks vulnerability={vulnerability} /></span>
        </>
      )}
    </span>
  );
  return (
    <Link to="/vulnerabilities/$id" params={{ id: vulnerability.finding_id }} data-vulnerability={vulnerability.vulnerability} className="y-vrow" style={{ ...style, gridTemplateColumns: wide ? WIDE : 'minmax(0, 1fr)' }}>
      {wide ? <SeverityMark severity={vulnerability.severity} /> : null}
      {what}
      {wide ? (
        <>
          <span>
            <span className="y-clip" style={{ display: 'block' }}>{vulnerability.package}</span>
            <span className="y-clip y-mono" style={{ display: 'block' }} title={t('vulnerabilities.column.fix')}><Fix vulnerability={vulnerability} /></span>
          </span>
          <span className="y-clip y-quiet" style={{ fontSize: 13 }} title={vulnerability.asset_name}>{vulnerability.asset_name}</span>
          <span className="y-clip" style={{ display: 'flex', gap: 4, flexWrap: 'wrap' }}><Marks vulnerability={vulnerability} />{vulnerability.status === 'open' ? null : <Tag>{t(`status.${vulnerability.status}`)}</Tag>}</span>
          <span className="y-number">{rate(vulnerability.risk, language)}</span>
        </>
      ) : null}
    </Link>
  );
}

export function ByRisk({ filter, empty }: { filter: VulnerabilityFilter; empty: ReactNode }) {
  const { t } = useLanguage();
  const wide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false });
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(scanQueries.vulnerabilities(filter));
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (isPending) return <Loading rows={8} height={52} />;
  if (error && items.length === 0) return <Failed error={failure(error)} onRetry={() => void refetch()} />;
  if (items.length === 0) return empty;
  return (
    <VirtualRows
      count={items.length} rowHeight={wide ? 58 : 98} label={t('vulnerabilities.title')} keyOf={(index) => items[index]?.finding_id ?? index} onEnd={more} height="calc(100dvh - 200px)"
      head={wide ? (
        <div className="y-vrow y-vhead" style={{ gridTemplateColumns: WIDE }}>
          <span>{t('findings.column.severity')}</span>
          <span>{t('vulnerabilities.column.what')}</span>
          <span>{t('vulnerabilities.column.package')}</span>
          <span>{t('vulnerabilities.column.where')}</span>
          <span>{t('vulnerabilities.column.marks')}</span>
          <span className="y-number" title={t('vulnerabilities.risk.detail')}>{t('vulnerabilities.column.risk')}</span>
        </div>
      ) : undefined}
      row={(index, style) => {
        const vulnerability = items[index];
        return vulnerability ? <Row key={vulnerability.finding_id} vulnerability={vulnerability} wide={wide} style={style} /> : null;
      }}
    />
  );
}
