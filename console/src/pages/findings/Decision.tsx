// What was decided about a finding, and the form that decides anew.
import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import type { Finding, FindingStatus } from '../../api/model';
import { changes } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { RoleButton, RoleNote } from '../../shell/role';
import { date } from '../../ui/format';
import { StatusMark } from '../../ui/marks';

export function Decision({ finding }: { finding: Finding }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const [chosen, choose] = useState<FindingStatus | null>(null);
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const decide = useMutation({
    mutationFn: (status: FindingStatus) =>
      changes.findingStatus(finding.id, {
        status,
        reason: reason.trim() || null,
        accepted_until: status === 'accepted' && until ? new Date(`${until}T23:59:59`).toISOString() : null,
      }),
    onSuccess: (changed) => {
      cache.setQueryData(['finding', finding.id], (before: Finding | undefined) => ({ ...changed, evidence: changed.evidence.length > 0 ? changed.evidence : (before?.evidence ?? []) }));
      for (const key of ['findings', 'vulnerability', 'vulnerabilities']) void cache.invalidateQueries({ queryKey: [key] });
      void cache.invalidateQueries({ queryKey: ['overview'] });
      notifications.show({ message: t('finding.decide.done', { status: t(`status.${changed.status}`) }) });
      choose(null);
      setReason('');
    },
  });
  const choices = (['false', 'accepted', 'fixed', 'open'] as const).filter((status) => status !== finding.status);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) decide.mutate(chosen);
  };
  return (
    <section className="y-card">
      <h2>{t('finding.decide')}</h2>
      <Group gap="xs" mb="xs">
        <Text size="sm" c="dimmed">{t('finding.decide.now')}</Text>
        <StatusMark status={finding.status} />
        {finding.status === 'accepted' ? (
          <Text size="sm" c="dimmed">
            {finding.accepted_until ? t('finding.decide.until', { date: date(finding.accepted_until, language) }) : t('finding.decide.forGood')}
          </Text>
        ) : null}
      </Group>
      {finding.status_reason ? <Text size="sm" mb="xs"><span className="y-quiet">{t('finding.decide.reason')}: </span>{finding.status_reason}</Text> : null}
      <Group gap="xs">
        {choices.map((status) => (
          <RoleButton needs="responder" key={status} size="xs" variant={chosen === status ? 'filled' : 'default'} aria-pressed={chosen === status} onClick={() => choose(chosen === status ? null : status)}>
            {t(`finding.decide.${status}`)}
          </RoleButton>
        ))}
      </Group>
      <RoleNote needs="responder" />
      {chosen ? (
        <form onSubmit={submit}>
          <Stack gap="sm" mt="sm">
            <Text size="sm" c="dimmed">{t(`finding.decide.${chosen}.detail`)}</Text>
            <Textarea label={t('finding.decide.reasonLabel')} description={t('finding.decide.reasonHint')} required={chosen !== 'open'} autosize minRows={2} maxLength={2000} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
            {chosen === 'accepted' ? (
              <TextInput type="date" label={t('finding.decide.untilLabel')} description={t('finding.decide.untilHint')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
            ) : null}
            {decide.isError ? <Alert color="red" role="alert">{failure(decide.error).message || t('error.offline')}</Alert> : null}
            <Group gap="xs">
              <Button type="submit" size="sm" loading={decide.isPending}>{t('finding.decide.submit')}</Button>
              <Button size="sm" variant="subtle" onClick={() => choose(null)}>{t('app.cancel')}</Button>
            </Group>
          </Stack>
        </form>
      ) : null}
    </section>
  );
}
