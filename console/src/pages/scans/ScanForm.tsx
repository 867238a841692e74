// Asks for a scan, once or again and again.
import { Alert, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { scanChanges } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { RoleButton } from '../../shell/role';

export const KINDS = ['host', 'image', 'fs', 'repo', 'rootfs', 'sbom'] as const;
export type Kind = (typeof KINDS)[number];
const EXAMPLES: Record<Exclude<Kind, 'host'>, string> = { image: 'registry.example/team/app:1.2', fs: '/srv/app', repo: '/srv/repository', rootfs: '/mnt/disk', sbom: '/srv/bom.json' };
const EVERY = ['once', '1', '6', '24', '168'] as const;

export function ScanForm({ first }: { first: Kind }) {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const [kind, setKind] = useState<Kind>(first);
  const [place, setPlace] = useState('');
  const [every, setEvery] = useState<string>('once');
  const target = kind === 'host' ? 'host' : `${kind}:${place.trim()}`;
  const start = useMutation({
    mutationFn: async () => (every === 'once' ? void (await scanChanges.scan(target)) : void (await scanChanges.schedule(target, Number(every)))),
    onSuccess: () => {
      setPlace('');
      for (const key of ['scans', 'schedules']) void cache.invalidateQueries({ queryKey: [key] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const problem = start.error ? failure(start.error) : null;
  return (
    <form onSubmit={submit} aria-label={t('scans.new')}>
      <Group gap="sm" align="flex-end">
        <NativeSelect label={t('scans.what')} value={kind} data={KINDS.map((value) => ({ value, label: t(`scans.kind.${value}`) }))} onChange={(event) => setKind(KINDS.find((one) => one === event.currentTarget.value) ?? 'host')} />
        {kind === 'host' ? null : (
          <TextInput style={{ flex: '1 1 260px' }} label={t(kind === 'image' ? 'scans.image' : 'scans.path')} name="place" required maxLength={4000} value={place} placeholder={EXAMPLES[kind]} onChange={(event) => setPlace(event.currentTarget.value)} />
        )}
        <NativeSelect label={t('scans.when')} value={every} data={EVERY.map((value) => ({ value, label: t(`scans.every.${value}`) }))} onChange={(event) => setEvery(event.currentTarget.value)} />
        <RoleButton needs="analyst" type="submit" loading={start.isPending}>{t(every === 'once' ? 'scans.start' : 'scans.schedule')}</RoleButton>
      </Group>
      <Text size="sm" c="dimmed" mt="xs">{t(`scans.kind.${kind}.detail`)}</Text>
      {problem ? <Alert mt="sm" color="red" role="alert">{problem.message || t('error.offline')}{problem.hint ? <Text size="sm" mt={4}>{problem.hint}</Text> : null}</Alert> : null}
    </form>
  );
}
