// Heading of a page, the mark of the product, and the frame of pages before sign-in.
import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

import { useT } from '../i18n/language';
import { LanguageControl } from './controls';

export function Brand() {
  return (
    <Group gap={9} wrap="nowrap">
      <img src="/favicon.svg" width={26} height={26} alt="" />
      <Text fw={700} fz={17} lh={1}>
        Yagura
      </Text>
      <Text c="dimmed" fz={13} lh={1} lang="ja">
        櫓
      </Text>
    </Group>
  );
}

export function PageHead({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Yagura`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Title order={1} fz={22}>
          {title}
        </Title>
        {lead ? (
          <Text size="sm" c="dimmed" component="div">
            {lead}
          </Text>
        ) : null}
      </div>
      {children ? <Group gap="sm">{children}</Group> : null}
    </Group>
  );
}

export function Gate({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const t = useT();
  useEffect(() => {
    document.title = `${title} · Yagura`;
  }, [title]);
  return (
    <div className="y-gate">
      <main>
        <Stack gap="md">
          <Group justify="space-between">
            <Brand />
            <LanguageControl />
          </Group>
          <div className="y-card" style={{ padding: 24 }}>
            <Title order={1} fz={21} mb={lead ? 4 : 'md'}>
              {title}
            </Title>
            {lead ? (
              <Text size="sm" c="dimmed" mb="md">
                {lead}
              </Text>
            ) : null}
            {children}
          </div>
          <Text size="sm" c="dimmed" ta="center">
            {t('app.tagline')}
          </Text>
        </Stack>
      </main>
    </div>
  );
}
