// The form that sets a webhook.
import { Alert, Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import type { Severity, Webhook, WebhookShape } from '../../api/model';
import { changes } from '../../api/queries';
import { useT } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PasswordField } from '../../ui/PasswordField';
import { SEVERITIES } from '../../ui/marks';

const SHAPES = ['generic', 'slack', 'teams', 'pagerduty'] as const satisfies readonly WebhookShape[];
const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

export function WebhookForm({ webhook, onDone }: { webhook: Webhook | null; onDone: () => void }) {
  const t = useT();
  const cache = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? '');
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [shape, setShape] = useState<WebhookShape>(webhook?.shape ?? 'generic');
  const [severity, setSeverity] = useState<Severity>(webhook?.severity_min ?? 'high');
  const [enabled, setEnabled] = useState(webhook?.enabled ?? true);
  const [secret, setSecret] = useState('');
  const save = useMutation({
    mutationFn: () => {
      // A field that is left empty keeps the secret there is.
      const body = { name: name.trim(), url: url.trim(), shape, severity_min: severity, enabled, secret: secret === '' ? null : secret };
      return webhook ? changes.webhookUpdate(webhook.id, body) : changes.webhookCreate(body);
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['webhooks'] });
      onDone();
    },
  });
  const choose = (chosen: WebhookShape) => {
    setShape(chosen);
    if (chosen === 'pagerduty' && url === '') setUrl(PAGERDUTY_URL);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {save.error ? <Alert color="red" role="alert">{failure(save.error).message || t('error.offline')}</Alert> : null}
        <TextInput label={t('response.name')} name="name" required maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
        <NativeSelect label={t('response.shape')} description={t(`response.shape.${shape}.detail`)} value={shape} onChange={(e) => choose(SHAPES.find((one) => one === e.currentTarget.value) ?? 'generic')} data={SHAPES.map((value) => ({ value, label: t(`response.shape.${value}`) }))} />
        <TextInput label={t('response.url')} name="url" type="url" required placeholder="https://" value={url} onChange={(e) => setUrl(e.currentTarget.value)} />
        <PasswordField label={t(shape === 'pagerduty' ? 'response.routingKey' : 'response.secret')} description={t(webhook?.has_secret ? 'response.secret.keep' : 'response.secret.detail')} required={shape === 'pagerduty' && !webhook?.has_secret} autoComplete="off" value={secret} onChange={(e) => setSecret(e.currentTarget.value)} />
        <NativeSelect label={t('response.severity')} value={severity} onChange={(e) => setSeverity(SEVERITIES.find((one) => one === e.currentTarget.value) ?? 'high')} data={SEVERITIES.map((value) => ({ value, label: value === 'critical' ? t('severity.critical') : t('findings.severity.atLeast', { severity: t(`severity.${value}`) }) }))} />
        <Checkbox label={t('response.enabled')} checked={enabled} onChange={(e) => setEnabled(e.currentTarget.checked)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>{t('app.cancel')}</Button>
          <Button type="submit" loading={save.isPending}>{t('app.save')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
