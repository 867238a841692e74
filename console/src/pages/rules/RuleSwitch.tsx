// Switches a rule on or off, for those who may; shows others how it stands.
import { Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { RuleInfo } from '../../api/model';
import { changes } from '../../api/queries';
import { useT } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { useMay } from '../../shell/role';
import { Tag } from '../../ui/marks';

export function RuleSwitch({ rule, label }: { rule: RuleInfo; label?: string }) {
  const t = useT();
  const cache = useQueryClient();
  const { may } = useMay('analyst');
  const change = useMutation({
    mutationFn: (enabled: boolean) => changes.ruleEnabled(rule.name, enabled),
    onSuccess: (changed) => notifications.show({ title: changed.name, message: t(changed.enabled ? 'rule.switchedOn' : 'rule.switchedOff') }),
    onError: (error) => notifications.show({ color: 'red', title: rule.name, message: failure(error).message || t('error.offline') }),
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: ['rules'] }),
        cache.invalidateQueries({ queryKey: ['rule', rule.name] }),
        cache.invalidateQueries({ queryKey: ['overview'] }),
      ]),
  });
  if (!may) return <Tag {...(rule.enabled ? { tone: 'good' as const } : {})}>{t(rule.enabled ? 'rules.state.on' : 'rules.state.off')}</Tag>;
  const checked = change.isPending ? change.variables : rule.enabled;
  return (
    <Switch size="sm" checked={checked} label={label} {...(label ? {} : { 'aria-label': t('rules.switch', { name: rule.name }) })} onChange={(event) => change.mutate(event.currentTarget.checked)} />
  );
}
