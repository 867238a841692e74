// What happens, and what happened: the live tail and SQL over everything stored.
import { Tabs } from '@mantine/core';
import { IconActivity, IconDatabaseSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { useT } from '../../i18n/language';
import { PageHead } from '../../shell/PageFrame';
import { Loading } from '../../ui/states';
import { LiveTail } from './LiveTail';

const Hunt = lazy(() => import('./Hunt'));

export default function EventsPage() {
  const t = useT();
  const { view = 'live' } = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  return (
    <>
      <PageHead title={t('events.title')} />
      <Tabs value={view} keepMounted={false} onChange={(value) => void navigate({ search: (before) => ({ ...before, view: value === 'sql' ? 'sql' : undefined }) })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="live" leftSection={<IconActivity size={16} aria-hidden />}>{t('events.tab.live')}</Tabs.Tab>
          <Tabs.Tab value="sql" leftSection={<IconDatabaseSearch size={16} aria-hidden />}>{t('events.tab.sql')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="live"><LiveTail /></Tabs.Panel>
        <Tabs.Panel value="sql"><Suspense fallback={<Loading />}><Hunt /></Suspense></Tabs.Panel>
      </Tabs>
    </>
  );
}
