// Scans: start one, follow it, see what came of it; and what is scanned again and again.
import { Alert, Button, Progress, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';

import type { ScanSchedule, ScanWire } from '../../api/model';
import { scanChanges, scanQueries } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { RoleButton } from '../../shell/role';
import { ago, bytes, count, dateTime, duration } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { AdvisoriesNote } from './AdvisoriesNote';
import { ScanForm } from './ScanForm';

const TONES = { running: 'warn', failed: 'bad', done: 'good', cancelled: undefined } as const;

function useTarget(): (target: string) => string {
  const { t } = useLanguage();
  return (target) => (target === 'host' ? t('scans.kind.host') : target);
}

function Running({ one }: { one: ScanWire }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const name = useTarget()(one.scan.target);
  const stop = useMutation({ mutationFn: () => scanChanges.cancel(one.scan.id), onSettled: () => void cache.invalidateQueries({ queryKey: ['scans'] }) });
  const progress = one.progress;
  const share = progress && progress.bytes_total > 0 ? Math.min(100, (progress.bytes / progress.bytes_total) * 100) : null;
  const read = progress?.step === 'reading' ? t('scans.progress', { entries: count(progress.entries, language), bytes: bytes(progress.bytes, language) }) : '';
  return (
    <li data-running={one.scan.target} style={{ padding: '10px 0' }}>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap' }}>
        <div className="y-grow" style={{ minWidth: 200 }}>
          <strong style={{ fontWeight: 600 }}>{name}</strong>
          <Text size="sm" c="dimmed">{[t(`scans.step.${progress?.step ?? 'recording'}`), read, one.scan.started_by === 'yagura' ? t('scans.byItself') : one.scan.started_by].filter(Boolean).join(' · ')}</Text>
        </div>
        <RoleButton needs="analyst" size="xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()} aria-label={t('scans.stop.named', { name })}>{t('scans.stop')}</RoleButton>
      </div>
      {progress && progress.step !== 'waiting' ? <Progress mt={8} size="sm" value={share ?? 100} animated={share === null} striped={share === null} aria-label={t('scans.step.reading')} /> : null}
    </li>
  );
}

function Ended({ one: { scan } }: { one: ScanWire }) {
  const { language, t } = useLanguage();
  const name = useTarget()(scan.target);
  const lasted = scan.finished ? Date.parse(scan.finished) - Date.parse(scan.started) : 0;
  const asset = scan.asset_id ?? undefined;
  const number = (value: number, key: 'packages' | 'vulnerabilities' | 'secrets') => t(`scans.found.${key}`, { count: count(value, language) });
  return (
    <li data-scan={scan.target} data-status={scan.status} style={{ padding: '10px 0' }}>
      <div style={{ display: 'flex', gap: 12, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <strong className="y-grow" style={{ fontWeight: 600, minWidth: 200 }}>{name}</strong>
        <Tag {...(TONES[scan.status] ? { tone: TONES[scan.status] } : {})}>{t(`scans.status.${scan.status}`)}</Tag>
        <time className="y-quiet" style={{ fontSize: 13 }} dateTime={scan.started} title={dateTime(scan.started, language)}>{ago(scan.started, Date.now(), language)}</time>
      </div>
      {scan.status === 'done' ? (
        <div style={{ display: 'flex', gap: '2px 16px', flexWrap: 'wrap', fontSize: 13.5 }}>
          <AnchorLink size="sm" to="/vulnerabilities" search={asset ? { asset_id: asset } : {}}>{number(scan.vulnerabilities, 'vulnerabilities')}</AnchorLink>
          <AnchorLink size="sm" to="/packages" search={asset ? { asset_id: asset } : {}}>{number(scan.packages, 'packages')}</AnchorLink>
          <AnchorLink size="sm" to="/secrets" search={asset ? { asset_id: asset } : {}}>{number(scan.secrets, 'secrets')}</AnchorLink>
          {scan.problems > 0 ? <span className="y-quiet">{t('scans.found.problems', { count: count(scan.problems, language) })}</span> : null}
          {lasted >= 1000 ? <span className="y-quiet">{t('scans.took', { duration: duration(lasted, language) })}</span> : null}
        </div>
      ) : null}
      {scan.detail ? (
        <details style={{ fontSize: 13 }}>
          <summary className="y-quiet" style={{ cursor: 'pointer' }}>{scan.status === 'done' ? t('scans.notes') : scan.detail.split('\n')[0]}</summary>
          {scan.detail.split('\n').map((line) => <div key={line} className="y-quiet" style={{ padding: '2px 0 0 16px' }}>{line}</div>)}
        </details>
      ) : null}
    </li>
  );
}

function Schedule({ schedule }: { schedule: ScanSchedule }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const name = useTarget()(schedule.target);
  const drop = useMutation({ mutationFn: () => scanChanges.unschedule(schedule.id), onSettled: () => void cache.invalidateQueries({ queryKey: ['schedules'] }) });
  return (
    <li data-schedule={schedule.target} style={{ display: 'flex', gap: 12, alignItems: 'center', padding: '10px 0', flexWrap: 'wrap' }}>
      <div className="y-grow" style={{ minWidth: 180 }}>
        <strong style={{ fontWeight: 600 }}>{name}</strong>
        <Text size="sm" c="dimmed">{t('scans.schedule.every', { hours: count(schedule.every_hours, language), next: dateTime(schedule.next, language) })}</Text>
      </div>
      <RoleButton needs="analyst" size="xs" variant="default" loading={drop.isPending} onClick={() => drop.mutate()} aria-label={t('scans.unschedule.named', { name })}>{t('scans.unschedule')}</RoleButton>
    </li>
  );
}

function Schedules() {
  const { language, t } = useLanguage();
  const { data, error, refetch } = useQuery(scanQueries.schedules());
  const every = useQuery(scanQueries.advisories()).data?.host_every_hours;
  return (
    <section className="y-card">
      <h2>{t('scans.schedules')}</h2>
      <Text size="sm" c="dimmed" mb="xs">{every ? t('scans.host.every', { hours: count(every, language) }) : t('scans.host.off')}</Text>
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={1} />) : data.length === 0 ? <Text size="sm" c="dimmed">{t('scans.schedules.empty')}</Text> : (
        <ul className="y-rows">{data.map((schedule) => <Schedule key={schedule.id} schedule={schedule} />)}</ul>
      )}
    </section>
  );
}

export default function ScansPage() {
  const { t } = useLanguage();
  const { kind = 'host' } = useSearch({ from: '/shell/scans' });
  const cache = useQueryClient();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(scanQueries.scans());
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const running = items.filter(({ scan }) => scan.status === 'running');
  const ended = items.filter(({ scan }) => scan.status !== 'running');
  const latest = ended[0]?.scan.finished;
  useEffect(() => {
    if (latest) for (const key of ['vulnerabilities', 'packages', 'images', 'overview', 'findings']) void cache.invalidateQueries({ queryKey: [key] });
  }, [latest, cache]);
  return (
    <>
      <PageHead title={t('scans.title')} lead={t('scans.lead')} />
      <AdvisoriesNote always />
      <div className="y-grid">
        <section className="y-card"><h2>{t('scans.new')}</h2><ScanForm key={kind} first={kind} /></section>
        {running.length > 0 ? <section className="y-card" aria-live="polite"><h2>{t('scans.running')}</h2><ul className="y-rows">{running.map((one) => <Running key={one.scan.id} one={one} />)}</ul></section> : null}
        <Schedules />
        <section className="y-card">
          <h2>{t('scans.history')}</h2>
          {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={3} />) : ended.length === 0 ? <Empty title={t('scans.empty')} detail={t('scans.empty.detail')} /> : (
            <ul className="y-rows">{ended.map((one) => <Ended key={one.scan.id} one={one} />)}</ul>
          )}
          {error && data ? <Alert color="red">{failure(error).message || t('error.offline')}</Alert> : null}
          {hasNextPage ? <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('app.more')}</Button> : null}
        </section>
      </div>
    </>
  );
}
