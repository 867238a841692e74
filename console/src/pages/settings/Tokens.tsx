// API tokens: made, shown once, revoked.
import { Alert, Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import type { ApiToken, Role } from '../../api/model';
import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ROLES } from '../../shell/role';
import { CodeBlock, Copy } from '../../ui/CodeBlock';
import { ago, date } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';

function CreateToken({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [until, setUntil] = useState('');
  const create = useMutation({
    mutationFn: () => changes.tokenCreate({ name: name.trim(), role, expires: until ? new Date(`${until}T23:59:59`).toISOString() : null }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['tokens'] }),
  });
  if (create.data) {
    return (
      <Stack>
        <Alert color="yellow" title={t('settings.tokens.secret')}>{t('settings.tokens.secret.detail')}</Alert>
        <CodeBlock text={create.data.secret} label={create.data.token.name} />
        <Group justify="space-between"><Copy text={create.data.secret} /><Button onClick={onClose}>{t('app.close')}</Button></Group>
      </Stack>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {create.error ? <Alert color="red" role="alert">{failure(create.error).message || t('error.offline')}</Alert> : null}
        <TextInput label={t('settings.tokens.name')} required value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
        <NativeSelect label={t('settings.tokens.role')} value={role} onChange={(e) => setRole(ROLES.find((one) => one === e.currentTarget.value) ?? 'viewer')} data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
        <TextInput type="date" label={t('settings.tokens.expires')} description={t('settings.tokens.expiresHint')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
        <Button type="submit" loading={create.isPending}>{t('settings.tokens.create')}</Button>
      </Stack>
    </form>
  );
}

export function Tokens() {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery(queries.tokens());
  const [creating, creation] = useDisclosure(false);
  const [revoking, revoke] = useState<ApiToken | null>(null);
  const remove = useMutation({
    mutationFn: changes.tokenDelete,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['tokens'] });
      revoke(null);
    },
  });
  if (!data) return error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={3} />;
  return (
    <section className="y-card">
      <Group justify="space-between" mb="md">
        <Text size="sm" c="dimmed">{t('settings.tokens.lead')}</Text>
        <Button leftSection={<IconPlus size={16} />} onClick={creation.open}>{t('settings.tokens.create')}</Button>
      </Group>
      {data.length === 0 ? <Empty title={t('settings.tokens.empty')} /> : (
        <ul className="y-rows">
          {data.map((token) => (
            <li key={token.id} style={{ display: 'flex', gap: 12, alignItems: 'center', padding: '10px 0' }}>
              <div className="y-grow">
                <strong style={{ fontWeight: 600 }}>{token.name}</strong> <Tag>{t(`role.${token.role}`)}</Tag>
                <Text size="sm" c="dimmed">
                  {t('settings.tokens.created')}: {date(token.created, language)} · {t('settings.tokens.lastUsed')}: {token.last_used ? ago(token.last_used, Date.now(), language) : t('app.never')}
                  {token.expires ? ` · ${t('settings.tokens.expires')}: ${date(token.expires, language)}` : ''}
                </Text>
              </div>
              <Button size="xs" variant="default" onClick={() => revoke(token)} aria-label={`${t('settings.tokens.revoke')}: ${token.name}`}>{t('settings.tokens.revoke')}</Button>
            </li>
          ))}
        </ul>
      )}
      <Modal opened={creating} onClose={creation.close} title={t('settings.tokens.create')} closeButtonProps={{ 'aria-label': t('app.close') }}><CreateToken onClose={creation.close} /></Modal>
      <Modal opened={revoking !== null} onClose={() => revoke(null)} title={t('settings.tokens.revoke')} closeButtonProps={{ 'aria-label': t('app.close') }}>
        <Stack>
          <Text>{t('settings.tokens.revoke.ask', { name: revoking?.name ?? '' })}</Text>
          {remove.error ? <Alert color="red" role="alert">{failure(remove.error).message || t('error.offline')}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => revoke(null)}>{t('app.cancel')}</Button>
            <Button color="red" loading={remove.isPending} onClick={() => revoking && remove.mutate(revoking.id)}>{t('settings.tokens.revoke')}</Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}
