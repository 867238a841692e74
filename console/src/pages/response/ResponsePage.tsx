// Who is told of findings, tried with a button, and how telling went.
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Webhook } from '../../api/model';
import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PageHead } from '../../shell/PageFrame';
import { Needs, useMay } from '../../shell/role';
import { count } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { Deliveries } from './Deliveries';
import { WebhookForm } from './WebhookForm';

function Row({ webhook, onEdit, onRemove }: { webhook: Webhook; onEdit: () => void; onRemove: () => void }) {
  const { language, t } = useLanguage();
  const test = useMutation({ mutationFn: () => changes.webhookTest(webhook.id) });
  const answer = test.data;
  return (
    <li data-webhook={webhook.name} style={{ padding: '10px 0' }}>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap' }}>
        <div className="y-grow" style={{ minWidth: 220 }}>
          <strong style={{ fontWeight: 600 }}>{webhook.name}</strong> <Tag>{t(`response.shape.${webhook.shape}`)}</Tag>{' '}
          {webhook.enabled ? <Tag tone="good">{t('response.on')}</Tag> : <Tag>{t('response.off')}</Tag>}{' '}
          {webhook.has_secret && webhook.shape !== 'pagerduty' ? <Tag>{t('response.signed')}</Tag> : null}
          <Text size="sm" c="dimmed" className="y-mono y-clip">{webhook.url}</Text>
          <Text size="sm" c="dimmed">
            {webhook.severity_min === 'critical' ? t('severity.critical') : t('findings.severity.atLeast', { severity: t(`severity.${webhook.severity_min}`) })}
            {webhook.skipped > 0 ? ` · ${t('response.skipped', { count: count(webhook.skipped, language) })}` : ''}
          </Text>
        </div>
        <Button size="xs" variant="default" leftSection={<IconSend size={14} aria-hidden />} loading={test.isPending} onClick={() => test.mutate()} aria-label={`${t('response.test')}: ${webhook.name}`}>{t('response.test')}</Button>
        <Button size="xs" variant="default" onClick={onEdit} aria-label={`${t('response.edit')}: ${webhook.name}`}>{t('response.edit')}</Button>
        <Button size="xs" variant="default" onClick={onRemove} aria-label={`${t('response.remove')}: ${webhook.name}`}>{t('response.remove')}</Button>
      </div>
      <div aria-live="polite">
        {test.error ? <Alert mt="xs" color="red">{failure(test.error).message || t('error.offline')}</Alert> : answer ? (
          <Alert mt="xs" color={answer.delivered ? 'green' : 'red'} data-tested={answer.delivered}>{answer.delivered ? t('response.test.good') : t('response.test.bad', { reason: answer.reason ?? '' })}</Alert>
        ) : null}
      </div>
    </li>
  );
}

function Webhooks() {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery(queries.webhooks());
  const [edited, edit] = useState<Webhook | 'new' | null>(null);
  const [removed, remove] = useState<Webhook | null>(null);
  const drop = useMutation({
    mutationFn: changes.webhookDelete,
    onSuccess: async () => {
      for (const key of ['webhooks', 'deliveries']) await cache.invalidateQueries({ queryKey: [key] });
      remove(null);
    },
  });
  if (!data) return error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={2} />;
  const close = { 'aria-label': t('app.close') };
  return (
    <section className="y-card">
      <Group justify="space-between" mb="md">
        <Text size="sm" c="dimmed" style={{ flex: '1 1 260px' }}>{t('response.lead')}</Text>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => edit('new')}>{t('response.create')}</Button>
      </Group>
      {data.length === 0 ? <Empty title={t('response.empty')} detail={t('response.empty.detail')} /> : (
        <ul className="y-rows">{data.map((webhook) => <Row key={webhook.id} webhook={webhook} onEdit={() => edit(webhook)} onRemove={() => remove(webhook)} />)}</ul>
      )}
      <Modal opened={edited !== null} onClose={() => edit(null)} title={t(edited === 'new' ? 'response.create' : 'response.edit')} closeButtonProps={close}>
        {edited !== null ? <WebhookForm webhook={edited === 'new' ? null : edited} onDone={() => edit(null)} /> : null}
      </Modal>
      <Modal opened={removed !== null} onClose={() => remove(null)} title={t('response.remove')} closeButtonProps={close}>
        <Stack>
          <Text>{t('response.remove.ask', { name: removed?.name ?? '' })}</Text>
          {drop.error ? <Alert color="red" role="alert">{failure(drop.error).message || t('error.offline')}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => remove(null)}>{t('app.cancel')}</Button>
            <Button color="red" loading={drop.isPending} onClick={() => removed && drop.mutate(removed.id)}>{t('response.remove')}</Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}

export default function ResponsePage() {
  const { t } = useLanguage();
  const { may: admin } = useMay('admin');
  return (
    <>
      <PageHead title={t('response.title')} />
      <Needs role="responder">
        <div className="y-grid">
          {admin ? <Webhooks /> : null}
          <Deliveries />
        </div>
      </Needs>
    </>
  );
}
