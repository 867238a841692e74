// Known vulnerabilities in what is installed: by risk, package, asset, image and layer.
import { ActionIcon, Button, Chip, Group, Select, Tabs, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { queries } from '../../api/queries';
import type { VulnerabilityFilter } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { count } from '../../ui/format';
import { SEVERITIES, SeverityMark } from '../../ui/marks';
import { Empty } from '../../ui/states';
import { AdvisoriesNote } from '../scans/AdvisoriesNote';
import { ByRisk } from './ByRisk';
import { Groups, GROUPINGS } from './Groups';
import { shortDigest } from './proof';

const TABS = ['risk', ...GROUPINGS] as const;
const FLAGS = ['used', 'fixable', 'exploited'] as const;
const STATUSES = ['open', 'accepted', 'fixed', 'false'] as const;

function Numbers() {
  const { language, t } = useLanguage();
  const counts = useQuery(queries.overview()).data?.vulnerabilities;
  if (!counts) return null;
  return (
    <span style={{ display: 'flex', gap: '2px 14px', flexWrap: 'wrap' }}>
      {counts.open_by_severity.filter((one) => one.count > 0).map((one) => (
        <span key={one.severity} style={{ display: 'inline-flex', gap: 5, alignItems: 'center' }}><SeverityMark severity={one.severity} />{count(one.count, language)}</span>
      ))}
      <span>{t('vulnerabilities.numbers', { exploited: count(counts.exploited, language), used: count(counts.used, language), fixable: count(counts.fixable, language) })}</span>
    </span>
  );
}

export default function VulnerabilitiesPage() {
  const { t } = useLanguage();
  const search = useSearch({ from: '/shell/vulnerabilities' });
  const navigate = useNavigate({ from: '/vulnerabilities' });
  const [typed, setTyped] = useState(search.text ?? '');
  const tab = search.by ?? 'risk';
  const forGroups = useMemo<VulnerabilityFilter>(() => {
    const { status, severity_min, asset_id, text } = search;
    const flags = Object.fromEntries(FLAGS.filter((flag) => search[flag]).map((flag) => [flag, true]));
    return { ...(status ? { status } : {}), ...(severity_min ? { severity_min } : {}), ...(asset_id ? { asset_id } : {}), ...(text ? { text } : {}), ...flags };
  }, [search]);
  const filter = useMemo<VulnerabilityFilter>(() => {
    const { vulnerability, layer, package: name } = search;
    return { ...forGroups, ...(vulnerability ? { vulnerability } : {}), ...(layer ? { layer } : {}), ...(name ? { package: name } : {}) };
  }, [search, forGroups]);
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setText = useDebouncedCallback((text: string) => set({ text: text || undefined }), 250);
  const clear = () => {
    setTyped('');
    void navigate({ search: search.by ? { by: search.by } : {} });
  };
  const isNarrowed = Object.keys(search).some((name) => name !== 'by');
  const chips = (['vulnerability', 'package', 'asset_id', 'layer'] as const).flatMap((name) => (search[name] ? [{ name, value: search[name] }] : []));
  const empty = (
    <div className="y-card">
      <Empty title={t(isNarrowed ? 'vulnerabilities.emptyFiltered' : 'vulnerabilities.empty')} detail={t(isNarrowed ? 'findings.emptyFiltered.detail' : 'vulnerabilities.empty.detail')}>
        {isNarrowed ? <Button variant="default" onClick={clear}>{t('findings.clear')}</Button> : <ButtonLink to="/scans">{t('vulnerabilities.toScans')}</ButtonLink>}
      </Empty>
    </div>
  );
  return (
    <>
      <PageHead title={t('vulnerabilities.title')} lead={<Numbers />}><ButtonLink to="/scans" variant="default" size="sm">{t('vulnerabilities.toScans')}</ButtonLink></PageHead>
      <AdvisoriesNote />
      <Group gap="xs" mb="sm">
        <TextInput style={{ flex: '1 1 240px' }} leftSection={<IconSearch size={16} aria-hidden />} aria-label={t('vulnerabilities.search')} placeholder={t('vulnerabilities.search')} value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setText(event.currentTarget.value);
          }} />
        <Select aria-label={t('findings.severity')} w={190} placeholder={t('findings.severity')} clearable value={search.severity_min ?? null}
          data={SEVERITIES.slice(0, 4).map((value) => ({ value, label: value === 'critical' ? t('severity.critical') : t('findings.severity.atLeast', { severity: t(`severity.${value}`) }) }))}
          onChange={(value) => set({ severity_min: SEVERITIES.find((one) => one === value) })} />
        <Select aria-label={t('findings.status')} w={140} allowDeselect={false} value={search.status ?? 'open'} data={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
          onChange={(value) => set({ status: value === 'open' ? undefined : STATUSES.find((one) => one === value) })} />
        {FLAGS.map((flag) => <Chip key={flag} size="sm" checked={search[flag] === true} onChange={(on) => set({ [flag]: on || undefined })}>{t(`vulnerabilities.only.${flag}`)}</Chip>)}
        {isNarrowed ? <Button variant="subtle" onClick={clear}>{t('findings.clear')}</Button> : null}
      </Group>
      {chips.length > 0 ? (
        <Group gap="xs" mb="sm">
          {chips.map(({ name, value }) => (
            <span key={name} className="y-tag" style={{ gap: 4 }} title={value}>
              {t(`vulnerabilities.filter.${name}`, { value: shortDigest(value) })}
              <ActionIcon size="xs" variant="subtle" aria-label={t('findings.filter.remove', { value })} onClick={() => set({ [name]: undefined })}><IconX size={12} /></ActionIcon>
            </span>
          ))}
        </Group>
      ) : null}
      <Tabs value={tab} keepMounted={false} onChange={(value) => set({ by: GROUPINGS.find((one) => one === value) })}>
        <Tabs.List mb="sm">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`vulnerabilities.by.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="risk"><ByRisk filter={filter} empty={empty} /></Tabs.Panel>
        {GROUPINGS.map((by) => <Tabs.Panel key={by} value={by}><Groups by={by} filter={forGroups} empty={empty} /></Tabs.Panel>)}
      </Tabs>
    </>
  );
}
