// One decision about every finding that is ticked.
import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import type { FindingStatus } from '../../api/model';
import { changes } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { RoleButton } from '../../shell/role';
import { count } from '../../ui/format';

/** Most findings the server decides about at once. */
export const SELECTED_MAX = 500;
const STATUSES = ['false', 'accepted', 'fixed', 'open'] as const satisfies readonly FindingStatus[];

function Form({ ids, status, onDone }: { ids: readonly string[]; status: FindingStatus; onDone: (decided: boolean) => void }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const decide = useMutation({
    mutationFn: () =>
      changes.findingsDecide({
        ids: [...ids],
        status,
        reason: reason.trim() || null,
        accepted_until: status === 'accepted' && until ? new Date(`${until}T23:59:59`).toISOString() : null,
      }),
    onSuccess: ({ ids: decided }) => {
      for (const key of ['findings', 'finding', 'overview', 'incidents']) void cache.invalidateQueries({ queryKey: [key] });
      notifications.show({ message: t('findings.bulk.done', { count: count(decided.length, language), status: t(`status.${status}`) }) });
      onDone(true);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    decide.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">{t(`finding.decide.${status}.detail`)}</Text>
        <Textarea label={t('finding.decide.reasonLabel')} description={t('finding.decide.reasonHint')} required={status !== 'open'} autosize minRows={2} maxLength={2000} value={reason} onChange={(e) => setReason(e.currentTarget.value)} data-autofocus />
        {status === 'accepted' ? <TextInput type="date" label={t('finding.decide.untilLabel')} description={t('finding.decide.untilHint')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} /> : null}
        {decide.error ? <Alert color="red" role="alert">{failure(decide.error).message || t('error.offline')}</Alert> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onDone(false)}>{t('app.cancel')}</Button>
          <Button type="submit" loading={decide.isPending}>{t('finding.decide.submit')}</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function BulkDecision({ ids, onClear }: { ids: readonly string[]; onClear: () => void }) {
  const { language, t } = useLanguage();
  const [chosen, choose] = useState<FindingStatus | null>(null);
  return (
    <Group gap="xs" mb="sm" role="toolbar" aria-label={t('findings.bulk.label')} className="y-card" style={{ padding: '8px 14px' }}>
      <Text size="sm" fw={600} aria-live="polite">{t('findings.bulk.selected', { count: count(ids.length, language) })}</Text>
      {STATUSES.map((status) => <RoleButton needs="responder" key={status} size="xs" variant="default" onClick={() => choose(status)}>{t(`finding.decide.${status}`)}</RoleButton>)}
      <Button size="xs" variant="subtle" onClick={onClear}>{t('findings.bulk.clear')}</Button>
      <Modal opened={chosen !== null} onClose={() => choose(null)} title={chosen ? `${t(`finding.decide.${chosen}`)} · ${t('findings.bulk.selected', { count: count(ids.length, language) })}` : ''} closeButtonProps={{ 'aria-label': t('app.close') }}>
        {chosen ? <Form ids={ids} status={chosen} onDone={(decided) => { choose(null); if (decided) onClear(); }} /> : null}
      </Modal>
    </Group>
  );
}
