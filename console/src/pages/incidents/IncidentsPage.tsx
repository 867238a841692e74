// What belongs together, what happened last first.
import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import type { Incident } from '../../api/model';
import { queries } from '../../api/queries';
import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PageHead } from '../../shell/PageFrame';
import { ago, count, dateTime, duration } from '../../ui/format';
import { LiveMark, SeverityMark, Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { IncidentMetrics } from './IncidentMetrics';

function Row({ incident }: { incident: Incident }) {
  const { language, t } = useLanguage();
  const lasted = Date.parse(incident.last_seen) - Date.parse(incident.first_seen);
  return (
    <li>
      <Link to="/incidents/$id" params={{ id: incident.id }} className="y-row-link" data-incident={incident.id} style={{ alignItems: 'flex-start', flexWrap: 'wrap' }}>
        <span style={{ width: 84, flex: 'none', paddingTop: 1 }}><SeverityMark severity={incident.severity} /></span>
        <span className="y-grow" style={{ minWidth: 200 }}>
          <strong style={{ fontWeight: 600 }}>{incident.title}</strong>
          <span className="y-quiet" style={{ display: 'block', fontSize: 13 }}>
            {incident.asset_name} · {t(incident.findings === 1 ? 'incidents.findings.one' : 'incidents.findings', { count: count(incident.findings, language) })}
            {lasted >= 1000 ? ` · ${t('incidents.lasted', { duration: duration(lasted, language) })}` : ''}
            {incident.assignee ? ` · ${t('incidents.with', { name: incident.assignee })}` : ''}
          </span>
        </span>
        <Tag {...(incident.status === 'open' ? { tone: 'warn' as const } : {})}>{incident.verdict ? t(`incident.verdict.${incident.verdict}`) : t(`incident.status.${incident.status}`)}</Tag>
        <time className="y-quiet" style={{ fontSize: 13, whiteSpace: 'nowrap' }} dateTime={incident.last_seen} title={dateTime(incident.last_seen, language)}>{ago(incident.last_seen, Date.now(), language)}</time>
      </Link>
    </li>
  );
}

export default function IncidentsPage() {
  const { language, t } = useLanguage();
  const { status = 'open' } = useSearch({ from: '/shell/incidents' });
  const navigate = useNavigate({ from: '/incidents' });
  const cache = useQueryClient();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(queries.incidents(status === 'all' ? undefined : status));
  const live = useStream(['finding'], { finding: () => void cache.invalidateQueries({ queryKey: ['incidents'] }) });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={t('incidents.title')} lead={data ? t('incidents.lead', { count: count(data.pages[0]?.open ?? 0, language) }) : undefined}><LiveMark on={live} /></PageHead>
      <IncidentMetrics />
      <SegmentedControl size="xs" mb="sm" aria-label={t('incidents.filter')} value={status}
        onChange={(value) => void navigate({ search: value === 'closed' || value === 'all' ? { status: value } : {}, replace: true })}
        data={[{ value: 'open', label: t('incident.status.open') }, { value: 'closed', label: t('incident.status.closed') }, { value: 'all', label: t('app.all') }]} />
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={6} />) : items.length === 0 ? (
        <div className="y-card"><Empty title={t(status === 'open' ? 'incidents.empty' : 'incidents.emptyFiltered')} detail={t('incidents.empty.detail')} /></div>
      ) : (
        <section className="y-card" aria-label={t('incidents.title')}><ul className="y-rows">{items.map((incident) => <Row key={incident.id} incident={incident} />)}</ul></section>
      )}
      {hasNextPage ? <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('app.more')}</Button> : null}
    </>
  );
}
