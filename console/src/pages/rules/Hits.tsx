// How often a rule matched, day by day, from the stored events.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import { changes } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { useMay } from '../../shell/role';
import { Loading } from '../../ui/states';
import { hitsByDay, hitsQuestion } from './hitsByDay';

const Chart = lazy(() => import('../../ui/Chart'));

export function Hits({ rule }: { rule: string }) {
  const { t } = useLanguage();
  const { may } = useMay('analyst');
  const { data, isPending, error } = useQuery({ queryKey: ['rule-hits', rule], enabled: may, staleTime: 60_000, retry: false, queryFn: () => changes.hunt(hitsQuestion(rule), 100) });
  if (!may || error) return null;
  const days = data ? hitsByDay(data.rows, Date.now()) : [];
  const total = days.reduce((sum, { matches }) => sum + matches, 0);
  return (
    <section className="y-card" data-part="hits" data-total={data ? total : undefined}>
      <h2>{t('rule.hits')}</h2>
      {isPending ? <Loading rows={1} height={140} /> : total === 0 ? <p className="y-quiet" style={{ margin: 0 }}>{t('rule.hits.none')}</p> : (
        <Suspense fallback={<Loading rows={1} height={140} />}>
          <Chart kind="bar" label={t('rule.hits')} height={140} categories={days.map(({ day }) => day)} series={[{ name: t('rules.column.matches'), colour: '--y-low', values: days.map(({ matches }) => matches) }]} />
        </Suspense>
      )}
    </section>
  );
}
