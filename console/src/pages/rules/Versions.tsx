// The versions of a rule file: who saved them and why, what changed against the text at hand, and the way back.
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';

import { ruleQueries } from '../../api/ruleQueries';
import { useLanguage } from '../../i18n/language';
import { dateTime } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Loading } from '../../ui/states';

const CodeDiff = lazy(() => import('../../ui/CodeDiff'));

export function Versions({ name, text, onTake }: { name: string; text: string; onTake: (text: string) => void }) {
  const { language, t } = useLanguage();
  const versions = useQuery(ruleQueries.versions(name)).data ?? [];
  const [chosen, choose] = useState<number | null>(null);
  const old = useQuery({ ...ruleQueries.version(name, chosen ?? 0), enabled: chosen !== null }).data;
  return (
    <section className="y-card" data-part="versions">
      <h2>{t('ruleFile.versions')}</h2>
      <ul className="y-rows">
        {versions.map((one) => (
          <li key={one.version} style={{ padding: '8px 0' }} data-version={one.version}>
            <Group justify="space-between" gap="sm">
              <span style={{ minWidth: 0 }}>
                <strong>{t('ruleFile.version', { number: one.version })}</strong>{' '}
                {one.deleted ? <Tag tone="warn">{t('ruleFile.deleted')}</Tag> : null}{' '}
                <Text span size="sm" c="dimmed">{t('ruleFile.savedBy', { name: one.created_by, time: dateTime(one.created, language) })}</Text>
                {one.note ? <Text size="sm">{one.note}</Text> : null}
              </span>
              {one.deleted ? null : (
                <Button size="compact-sm" variant="default" aria-expanded={chosen === one.version} onClick={() => choose(chosen === one.version ? null : one.version)}>{t('ruleFile.compare')}</Button>
              )}
            </Group>
            {chosen === one.version ? (
              old ? (
                <div style={{ marginTop: 8 }}>
                  {old.text === text ? <Text size="sm" c="dimmed">{t('ruleFile.same')}</Text> : (
                    <>
                      <Suspense fallback={<Loading rows={1} height={120} />}><CodeDiff before={old.text} after={text} label={t('ruleFile.diff', { number: one.version })} /></Suspense>
                      <Button mt="xs" size="compact-sm" variant="light" onClick={() => onTake(old.text)}>{t('ruleFile.take', { number: one.version })}</Button>
                    </>
                  )}
                </div>
              ) : <Loading rows={1} height={120} />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
