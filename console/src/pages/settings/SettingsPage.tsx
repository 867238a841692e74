// One's own account, people, API tokens, the audit trail, language and appearance.
import { Tabs, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { useT } from '../../i18n/language';
import { LanguageControl, ThemeControl } from '../../shell/controls';
import { PageHead } from '../../shell/PageFrame';
import { Needs, useMay } from '../../shell/role';
import { Account } from './Account';
import { AuditTrail } from './AuditTrail';
import { Tokens } from './Tokens';
import { Users } from './Users';

const VIEWS = ['account', 'users', 'tokens', 'audit', 'display'] as const;
const ADMIN_VIEWS: readonly string[] = ['users', 'tokens', 'audit'];

export default function SettingsPage() {
  const t = useT();
  const { view = 'account' } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const { may: admin } = useMay('admin');
  return (
    <>
      <PageHead title={t('settings.title')} />
      <Tabs value={view} keepMounted={false} onChange={(value) => void navigate({ search: { view: VIEWS.find((one) => one === value) } })}>
        <Tabs.List mb="md">{VIEWS.filter((one) => admin || one === view || !ADMIN_VIEWS.includes(one)).map((one) => <Tabs.Tab key={one} value={one}>{t(`settings.tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="account"><Account /></Tabs.Panel>
        <Tabs.Panel value="users"><Needs role="admin"><Users /></Needs></Tabs.Panel>
        <Tabs.Panel value="tokens"><Needs role="admin"><Tokens /></Needs></Tabs.Panel>
        <Tabs.Panel value="audit"><Needs role="admin"><AuditTrail /></Needs></Tabs.Panel>
        <Tabs.Panel value="display">
          <div className="y-card" style={{ display: 'grid', gap: 16, maxWidth: 460 }}>
            <div><Text size="sm" mb={6}>{t('settings.display.language')}</Text><LanguageControl /></div>
            <div><Text size="sm" mb={6}>{t('settings.display.theme')}</Text><ThemeControl /></div>
          </div>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
