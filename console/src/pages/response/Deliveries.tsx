// What webhooks were told, what waits, and what was given up.
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Delivery, DeliveryStatus } from '../../api/model';
import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink } from '../../shell/links';
import { ago, dateTime } from '../../ui/format';
import { SeverityMark, Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';

const STATUSES = ['pending', 'dead', 'delivered'] as const satisfies readonly DeliveryStatus[];
const TONES = { pending: 'warn', dead: 'bad', delivered: 'good' } as const;

function Row({ delivery }: { delivery: Delivery }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: () => changes.deliveryRetry(delivery.id),
    onError: (error) => notifications.show({ color: 'red', message: failure(error).message || t('error.offline') }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['deliveries'] }),
  });
  return (
    <li data-delivery={delivery.status} style={{ display: 'flex', gap: 12, alignItems: 'center', padding: '9px 0', flexWrap: 'wrap' }}>
      <Tag tone={TONES[delivery.status]}>{t(`response.status.${delivery.status}`)}</Tag>
      <span className="y-grow" style={{ minWidth: 200 }}>
        <SeverityMark severity={delivery.severity} />{' '}
        <AnchorLink to="/findings/$id" params={{ id: delivery.finding_id }} size="sm">{delivery.title}</AnchorLink>
        <Text size="sm" c="dimmed">
          {delivery.webhook_name} · <time dateTime={delivery.created} title={dateTime(delivery.created, language)}>{ago(delivery.created, Date.now(), language)}</time>
          {delivery.attempts > 0 ? ` · ${t('response.attempts', { count: delivery.attempts })}` : ''}
          {delivery.status === 'pending' && delivery.attempts > 0 ? ` · ${t('response.nextTry', { time: ago(delivery.next_try, Date.now(), language) })}` : ''}
        </Text>
        {delivery.last_error ? <Text size="sm" className="y-mono">{delivery.last_error}</Text> : null}
      </span>
      {delivery.status === 'dead' ? <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>{t('response.retry')}</Button> : null}
    </li>
  );
}

export function Deliveries() {
  const { t } = useLanguage();
  const [status, setStatus] = useState<DeliveryStatus | 'all'>('all');
  const { data, error, refetch } = useQuery(queries.deliveries(status === 'all' ? undefined : status));
  return (
    <section className="y-card">
      <Group justify="space-between" mb="xs">
        <h2 style={{ margin: 0 }}>{t('response.deliveries')}</h2>
        <SegmentedControl size="xs" aria-label={t('response.deliveries.filter')} value={status} onChange={(value) => setStatus(STATUSES.find((one) => one === value) ?? 'all')}
          data={[{ value: 'all', label: t('app.all') }, ...STATUSES.map((value) => ({ value, label: t(`response.status.${value}`) }))]} />
      </Group>
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={3} />) : data.length === 0 ? (
        <Empty title={t('response.deliveries.empty')} detail={t('response.deliveries.empty.detail')} />
      ) : <ul className="y-rows">{data.map((delivery) => <Row key={delivery.id} delivery={delivery} />)}</ul>}
    </section>
  );
}
