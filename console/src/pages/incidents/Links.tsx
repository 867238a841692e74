// Tickets and reports elsewhere that belong to an incident.
import { ActionIcon, Alert, Anchor, Button, Group, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import type { IncidentDetail } from '../../api/model';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { useMay } from '../../shell/role';
import { useIncidentChange } from './useIncidentChange';

export function Links({ detail }: { detail: IncidentDetail }) {
  const { t } = useLanguage();
  const { may } = useMay('responder');
  const [title, setTitle] = useState('');
  const [url, setUrl] = useState('');
  const change = useIncidentChange(detail.incident.id, () => {
    setTitle('');
    setUrl('');
  });
  const add = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ action: 'link', title: title.trim(), url: url.trim() });
  };
  if (!may && detail.links.length === 0) return null;
  return (
    <section className="y-card" data-part="links">
      <h2>{t('incident.links')}</h2>
      {detail.links.length === 0 ? <Text size="sm" c="dimmed" mb="xs">{t('incident.links.none')}</Text> : (
        <ul className="y-rows">
          {detail.links.map((link) => (
            <li key={link.id} style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '6px 0' }}>
              <Anchor className="y-grow" href={link.url} target="_blank" rel="noreferrer noopener" size="sm">{link.title}</Anchor>
              {may ? <ActionIcon variant="subtle" color="gray" aria-label={t('incident.links.remove', { title: link.title })} onClick={() => change.mutate({ action: 'unlink', id: link.id })}><IconX size={15} /></ActionIcon> : null}
            </li>
          ))}
        </ul>
      )}
      {may ? (
        <form onSubmit={add}>
          <Group gap="xs" align="flex-end" mt="xs">
            <TextInput size="xs" style={{ flex: '1 1 120px' }} label={t('incident.links.title')} required maxLength={200} value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
            <TextInput size="xs" style={{ flex: '2 1 160px' }} type="url" label={t('incident.links.url')} placeholder="https://" required maxLength={2000} value={url} onChange={(event) => setUrl(event.currentTarget.value)} />
            <Button type="submit" size="xs" variant="default" loading={change.isPending}>{t('incident.links.add')}</Button>
          </Group>
          {change.error ? <Alert mt="xs" color="red" role="alert">{failure(change.error).message || t('error.offline')}</Alert> : null}
        </form>
      ) : null}
    </section>
  );
}
