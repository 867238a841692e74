// The questions that lead on from an event, each a step to the stored events.
import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';

import { useLanguage } from '../../i18n/language';
import { dateTime } from '../../ui/format';
import { pivotsOf } from './pivots';

export function Pivots({ event, onLeave }: { event: unknown; onLeave?: (() => void) | undefined }) {
  const { language, t } = useLanguage();
  const navigate = useNavigate();
  const pivots = pivotsOf(event);
  if (pivots.length === 0) return null;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target><Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>{t('pivot.title')}</Button></Menu.Target>
      <Menu.Dropdown maw={460}>
        {pivots.map(({ name, value, sql }) => (
          <Menu.Item key={name} onClick={() => {
            onLeave?.();
            void navigate({ to: '/events', search: { view: 'sql', sql } });
          }}>
            <Text size="sm">{t(`pivot.${name}`)}</Text>
            <Text size="xs" c="dimmed" ff="monospace" truncate>{name === 'around' ? dateTime(value, language) : value}</Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
