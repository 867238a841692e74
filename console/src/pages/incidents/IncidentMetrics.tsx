// How incidents of the last weeks went: how many there were, and how long it took to detect, take up and close them.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import { incidentQueries } from '../../api/incidentQueries';
import { useLanguage } from '../../i18n/language';
import { count, date, duration } from '../../ui/format';
import { Loading } from '../../ui/states';

const Chart = lazy(() => import('../../ui/Chart'));
const DAYS = 30;

export function IncidentMetrics() {
  const { language, t } = useLanguage();
  const { data } = useQuery(incidentQueries.metrics(DAYS));
  if (!data || data.detected === 0) return null;
  const time = (ms: number | null | undefined) => (ms === null || ms === undefined ? '—' : ms < 1000 ? `${ms} ms` : duration(ms, language));
  const facts = [
    ['detect', time(data.detect_ms)], ['acknowledge', time(data.acknowledge_ms)], ['recover', time(data.recover_ms)],
    ['real', count(data.real, language)], ['false', count(data.false_alarms, language)],
  ] as const;
  return (
    <section className="y-card" data-part="metrics" style={{ marginBottom: 16 }}>
      <h2>{t('incidents.metrics', { days: DAYS })}</h2>
      <dl className="y-stats">
        {facts.map(([name, value]) => <div key={name}><dt className="y-quiet">{t(`incidents.metrics.${name}`)}</dt><dd>{value}</dd></div>)}
      </dl>
      <Suspense fallback={<Loading rows={1} height={130} />}>
        <Chart kind="bar" label={t('incidents.metrics', { days: DAYS })} height={130} categories={data.days.map(({ begin }) => date(begin, language))}
          series={[{ name: t('incidents.metrics.detected'), colour: '--y-high', values: data.days.map(({ detected }) => detected) }]} />
      </Suspense>
    </section>
  );
}
