// The frame around every page after sign-in: navigation, account, connection state.
import { Alert, AppShell, Burger, Group, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconActivity, IconBell, IconBug, IconChevronDown, IconFlame, IconHome, IconKey, IconListSearch, IconLogout, IconPackages, IconRadar2, IconScan, IconServer2, IconSettings, IconShieldCheck, IconStack2, IconUser, IconWebhook,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';

import { ApiError } from '../api/client';
import { changes, queries } from '../api/queries';
import { useT } from '../i18n/language';
import { LanguageControl, ThemeControl } from './controls';
import { Brand } from './PageFrame';

const PAGES = [
  { to: '/', key: 'nav.overview', icon: IconHome },
  { to: '/incidents', key: 'nav.incidents', icon: IconFlame },
  { to: '/findings', key: 'nav.findings', icon: IconBell },
  { to: '/events', key: 'nav.events', icon: IconActivity },
  { to: '/assets', key: 'nav.assets', icon: IconServer2 },
  { to: '/vulnerabilities', key: 'nav.vulnerabilities', icon: IconBug },
  { to: '/images', key: 'nav.images', icon: IconStack2 },
  { to: '/packages', key: 'nav.packages', icon: IconPackages },
  { to: '/secrets', key: 'nav.secrets', icon: IconKey },
  { to: '/scans', key: 'nav.scans', icon: IconScan },
  { to: '/rules', key: 'nav.rules', icon: IconListSearch },
  { to: '/sensor', key: 'nav.sensor', icon: IconRadar2 },
  { to: '/proofs', key: 'nav.proofs', icon: IconShieldCheck },
  { to: '/response', key: 'nav.response', icon: IconWebhook },
  { to: '/settings', key: 'nav.settings', icon: IconSettings },
] as const;

function Account() {
  const t = useT();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const session = useQuery(queries.session()).data;
  const signOut = useMutation({
    mutationFn: changes.signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in', search: { reason: 'signed-out' } });
      cache.clear();
    },
  });
  return (
    <Popover position="bottom-end" width={270} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton aria-label={`${t('app.account')}: ${session?.name ?? ''}`} style={{ display: 'flex', gap: 7, alignItems: 'center', fontSize: 14, padding: 6 }}>
          <IconUser size={18} aria-hidden />
          <Text span size="sm" visibleFrom="xs">
            {session?.name}
          </Text>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <div>
            <Text fw={600}>{session?.name}</Text>
            <Text size="sm" c="dimmed">
              {session ? t(`role.${session.role}`) : ''}
            </Text>
          </div>
          <div>
            <Text size="xs" c="dimmed" mb={4}>
              {t('app.language')}
            </Text>
            <LanguageControl fullWidth />
          </div>
          <div>
            <Text size="xs" c="dimmed" mb={4}>
              {t('app.theme')}
            </Text>
            <ThemeControl fullWidth />
          </div>
          <UnstyledButton className="y-nav-link" onClick={() => signOut.mutate()}>
            <IconLogout size={18} aria-hidden />
            {t('app.signOut')}
          </UnstyledButton>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

export function Shell() {
  const t = useT();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { error, data: overview } = useQuery(queries.overview());
  const offline = error instanceof ApiError && error.status === 0;
  const severe =
    overview?.findings.open_by_severity
      .filter(({ severity }) => severity === 'critical' || severity === 'high')
      .reduce((sum, one) => sum + one.count, 0) ?? 0;
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 214, breakpoint: 'sm', collapsed: { mobile: !opened } }}>
      <a className="y-skip" href="#content">
        {t('app.skip')}
      </a>
      <AppShell.Header px="md" style={{ borderColor: 'var(--y-line)' }}>
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('app.menu')} aria-expanded={opened} />
            <Brand />
          </Group>
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" style={{ borderColor: 'var(--y-line)' }} aria-label={t('nav.label')}>
        {PAGES.map(({ to, key, icon: Icon }) => (
          <Link key={to} to={to} className="y-nav-link" activeOptions={{ exact: to === '/', includeSearch: false }} onClick={close}>
            <Icon size={19} stroke={1.7} aria-hidden />
            <span className="y-grow">{t(key)}</span>
            {to === '/findings' && severe > 0 ? <span className="y-tag" data-tone="bad">{severe}</span> : null}
          </Link>
        ))}
        <Text size="xs" c="dimmed" mt="auto" px="sm" className="y-clip">
          {overview ? `${overview.host.name} · ${overview.version}` : ''}
        </Text>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {offline ? (
          <Alert color="red" variant="light" radius={0} role="status">
            {t('app.offline')}
          </Alert>
        ) : null}
        <div className="y-page">
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
