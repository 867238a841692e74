// The rule files that the server keeps, and the way to a new one.
import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { ruleQueries } from '../../api/ruleQueries';
import { useLanguage } from '../../i18n/language';
import { useMay } from '../../shell/role';
import { dateTime } from '../../ui/format';

export function RuleFiles() {
  const { language, t } = useLanguage();
  const { may } = useMay('analyst');
  const navigate = useNavigate();
  const files = useQuery({ ...ruleQueries.files(), enabled: may }).data ?? [];
  if (!may) return null;
  const open = (file?: string) => void navigate({ to: '/rule-editor', search: file ? { file } : {} });
  const there = files.filter(({ deleted }) => !deleted);
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target><Button rightSection={<IconChevronDown size={14} />}>{t('ruleFile.files')}</Button></Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => open()}>{t('ruleFile.new')}</Menu.Item>
        <Menu.Divider />
        {there.length === 0 ? <Menu.Label>{t('ruleFile.files.none')}</Menu.Label> : null}
        {there.map((file) => (
          <Menu.Item key={file.name} onClick={() => open(file.name)}>
            <Text size="sm">{file.name}</Text>
            <Text size="xs" c="dimmed">{t('ruleFile.version', { number: file.version })} · {t('ruleFile.savedBy', { name: file.created_by, time: dateTime(file.created, language) })}</Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
