// Which advisories scans ask; without any, the command that gets them.
import { Text } from '@mantine/core';
import { IconDatabaseOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { scanQueries } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { CodeBlock } from '../../ui/CodeBlock';
import { ago, count, dateTime } from '../../ui/format';

/** A warning while there are no advisories; with `always` also a line about those there are. */
export function AdvisoriesNote({ always = false }: { always?: boolean }) {
  const { language, t } = useLanguage();
  const { data } = useQuery(scanQueries.advisories());
  if (!data) return null;
  if (!data.built) {
    return (
      <section className="y-note" data-advisories="none">
        <IconDatabaseOff size={22} stroke={1.6} aria-hidden />
        <div className="y-grow">
          <h2>{t(data.problem ? 'advisories.broken' : 'advisories.none')}</h2>
          <p>{data.problem ?? t('advisories.none.detail')}</p>
          <CodeBlock text={data.command} label={t('advisories.command')} />
        </div>
      </section>
    );
  }
  if (!always) return null;
  return (
    <Text size="sm" c="dimmed" mb="md" data-advisories="there" title={`${dateTime(data.built, language)} · ${data.path}`}>
      {t('advisories.there', { count: count(data.advisories, language), time: ago(data.built, Date.now(), language) })}
    </Text>
  );
}
