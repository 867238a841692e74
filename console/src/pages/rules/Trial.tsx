// What rules would have found in the stored events, before they are put in force.
import { Alert, Group, NativeSelect, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { ruleChanges } from '../../api/ruleQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { RoleButton } from '../../shell/role';
import { count, dateTime } from '../../ui/format';
import { Loading } from '../../ui/states';

const DAYS = ['1', '7', '30'] as const;
const HEIGHT = 26;
const STEP = 9;

// One bar a day; the numbers stand beside it for whoever does not see it.
function Days({ days, label }: { days: readonly number[]; label: string }) {
  const most = Math.max(1, ...days);
  return (
    <svg width={days.length * STEP} height={HEIGHT} role="img" aria-label={label}>
      {days.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(3, (value / most) * HEIGHT);
        return <rect key={index} x={index * STEP} y={HEIGHT - height} width={STEP - 2} height={height} fill={value === 0 ? 'var(--y-line)' : 'var(--y-low)'} />;
      })}
    </svg>
  );
}

export function Trial({ text, file }: { text: string; file: string | undefined }) {
  const { language, t } = useLanguage();
  const [days, setDays] = useState<string>('7');
  const trial = useMutation({ mutationFn: () => ruleChanges.trial(text, file, Number(days)) });
  const problem = trial.error ? failure(trial.error) : null;
  const answer = trial.data;
  return (
    <section className="y-card" data-part="trial">
      <h2>{t('ruleFile.trial')}</h2>
      <Text size="sm" c="dimmed" mb="sm">{t('ruleFile.trial.detail')}</Text>
      <Group gap="xs" align="flex-end">
        <NativeSelect size="sm" label={t('ruleFile.trial.days')} value={days} data={DAYS.map((value) => ({ value, label: t(value === '1' ? 'ruleFile.trial.day' : 'ruleFile.trial.lastDays', { days: value }) }))} onChange={(event) => setDays(event.currentTarget.value)} />
        <RoleButton needs="analyst" variant="default" leftSection={<IconFlask size={16} />} loading={trial.isPending} onClick={() => trial.mutate()}>{t('ruleFile.trial.run')}</RoleButton>
      </Group>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {trial.isPending ? <Loading rows={2} /> : problem ? <Alert color="red" role="alert">{problem.message || t('error.offline')}</Alert> : answer ? (
          <>
            <Text size="sm" mb="xs" data-events={answer.events}>
              {t('ruleFile.trial.done', { events: count(answer.events, language), ms: answer.elapsed_ms })}
              {answer.truncated ? ` ${t('ruleFile.trial.truncated')}` : ''}
            </Text>
            {answer.rules.length === 0 ? <Text size="sm" c="dimmed">{t('ruleFile.trial.noRules')}</Text> : null}
            <ul className="y-rows">
              {answer.rules.map((rule) => (
                <li key={rule.rule} style={{ padding: '8px 0' }} data-trial-rule={rule.rule} data-matches={rule.matches}>
                  <Group justify="space-between" gap="sm" wrap="nowrap">
                    <span style={{ fontWeight: 600, minWidth: 0 }}>{rule.rule}</span>
                    <Group gap="sm" wrap="nowrap">
                      <Days days={rule.days} label={rule.days.join(', ')} />
                      <span className="y-number">{t(rule.matches === 1 ? 'ruleFile.trial.match' : 'ruleFile.trial.matches', { count: count(rule.matches, language) })}</span>
                    </Group>
                  </Group>
                  {rule.examples.map((example, index) => (
                    <div key={index} className="y-quiet" style={{ fontSize: 13, overflowWrap: 'anywhere' }}><time>{dateTime(example.time, language)}</time> {example.message}</div>
                  ))}
                </li>
              ))}
            </ul>
          </>
        ) : null}
      </div>
    </section>
  );
}
