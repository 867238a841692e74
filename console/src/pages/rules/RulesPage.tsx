// Every rule: what it is, whether it is on, how often it matched, what it is blind to; and a box that checks a new one.
import { Accordion, Alert, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFileCheck, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import {
  createColumnHelper, getCoreRowModel, getFilteredRowModel, getSortedRowModel, useReactTable, type SortingState,
} from '@tanstack/react-table';
import { lazy, Suspense, useMemo, useState } from 'react';

import type { RuleInfo } from '../../api/model';
import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PageHead } from '../../shell/PageFrame';
import { RoleButton } from '../../shell/role';
import { ago, count } from '../../ui/format';
import { SEVERITIES, SeverityMark, Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { VirtualRows } from '../../ui/VirtualRows';
import { Diagnostics } from './Diagnostics';
import { RuleFiles } from './RuleFiles';
import { RuleSwitch } from './RuleSwitch';

const CodeEditor = lazy(() => import('../../ui/CodeEditor'));
const WIDE = 'minmax(0, 1fr) 110px minmax(90px, 200px) 90px 52px';
const NARROW = 'minmax(0, 1fr) 52px';
const LINT_EXAMPLE = '- rule: Shell in a container\n  desc: A shell was started in a container.\n  condition: spawned_process and container and proc.name in (bash, sh)\n  output: Shell in %container.name (user=%user.name command=%proc.cmdline)\n  priority: WARNING\n  tags: [container, T1059.004]\n';

const column = createColumnHelper<RuleInfo>();
const COLUMNS = [
  column.accessor('name', {}),
  column.accessor((rule) => SEVERITIES.indexOf(rule.severity), { id: 'priority' }),
  column.accessor('matches', {}),
];
const HEADS = { name: 'rules.column.name', priority: 'rules.column.priority', matches: 'rules.column.matches' } as const;

function Lint() {
  const { t } = useLanguage();
  const [text, setText] = useState(LINT_EXAMPLE);
  const lint = useMutation({ mutationFn: changes.rulesLint });
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t('rules.lint.detail')}</Text>
      <Suspense fallback={<Loading rows={1} height={220} />}>
        <CodeEditor language="yaml" label={t('rules.lint.text')} value={text} onChange={setText} onRun={() => lint.mutate(text)} minHeight={220} />
      </Suspense>
      <RoleButton needs="analyst" onClick={() => lint.mutate(text)} loading={lint.isPending} style={{ alignSelf: 'start' }}>{t('rules.lint.run')}</RoleButton>
      <div aria-live="polite">
        {lint.error ? <Alert color="red">{failure(lint.error).message || t('error.offline')}</Alert> : lint.data ? (
          lint.data.length === 0 ? <Alert color="green">{t('rules.lint.clean')}</Alert> : <Diagnostics items={lint.data} />
        ) : null}
      </div>
    </Stack>
  );
}

function fits(rule: RuleInfo, state: string | undefined): boolean {
  if (state === 'on') return rule.enabled;
  if (state === 'off') return !rule.enabled;
  if (state === 'hit') return rule.matches > 0;
  return state !== 'blind' || rule.blind_kinds.length > 0;
}

export default function RulesPage() {
  const { language, t } = useLanguage();
  const search = useSearch({ from: '/shell/rules' });
  const navigate = useNavigate({ from: '/rules' });
  const { data, error, refetch } = useQuery(queries.rules());
  const wide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false });
  const [sorting, setSorting] = useState<SortingState>([{ id: 'priority', desc: false }]);
  const [typed, setTyped] = useState(search.text ?? '');
  const [linting, lintBox] = useDisclosure(false);
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setText = useDebouncedCallback((text: string) => set({ text: text || undefined }), 150);

  const wanted = useMemo(() => {
    const words = (search.text ?? '').toLowerCase().split(/\s+/);
    return (data?.rules ?? []).filter((rule) => {
      const haystack = [rule.name, rule.description, ...rule.tags, ...rule.techniques].join(' ').toLowerCase();
      return fits(rule, search.state) && (!search.language || rule.language === search.language) && words.every((one) => haystack.includes(one));
    });
  }, [data, search]);
  const table = useReactTable({
    data: wanted, columns: COLUMNS, state: { sorting }, onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(), getSortedRowModel: getSortedRowModel(), getFilteredRowModel: getFilteredRowModel(),
  });
  const rows = table.getRowModel().rows;
  const head = (id: keyof typeof HEADS) => {
    const sorted = table.getColumn(id)?.getIsSorted();
    return (
      <button type="button" className="y-sort" onClick={() => table.getColumn(id)?.toggleSorting()}>
        {t(HEADS[id])}{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}
      </button>
    );
  };

  return (
    <>
      <PageHead title={t('rules.title')} lead={data ? `${t('rules.count', { count: count(wanted.length, language), total: count(data.rules.length, language) })} · ${t('rules.loaded', { time: ago(data.loaded, Date.now(), language) })}` : undefined}>
        <RoleButton needs="analyst" variant="default" leftSection={<IconFileCheck size={16} />} onClick={lintBox.open}>{t('rules.lint')}</RoleButton>
        <RuleFiles />
      </PageHead>
      <Group gap="xs" mb="sm">
        <TextInput style={{ flex: '1 1 220px' }} leftSection={<IconSearch size={16} aria-hidden />} aria-label={t('rules.search')} placeholder={t('rules.search')} value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setText(event.currentTarget.value);
          }} />
        <Select aria-label={t('rules.language')} placeholder={t('rules.language')} w={130} clearable value={search.language ?? null} data={[{ value: 'falco', label: 'Falco' }, { value: 'sigma', label: 'Sigma' }]}
          onChange={(value) => set({ language: value === 'falco' || value === 'sigma' ? value : undefined })} />
        <div style={{ overflowX: 'auto', maxWidth: '100%' }}>
          <SegmentedControl aria-label={t('rules.state')} value={search.state ?? 'all'}
            data={[{ value: 'all', label: t('app.all') }, ...(['on', 'off', 'hit', 'blind'] as const).map((value) => ({ value, label: t(`rules.state.${value}`) }))]}
            onChange={(value) => set({ state: value === 'on' || value === 'off' || value === 'hit' || value === 'blind' ? value : undefined })} />
        </div>
      </Group>
      {data && data.diagnostics.length > 0 ? (
        <Accordion variant="contained" mb="sm">
          <Accordion.Item value="problems">
            <Accordion.Control><Text size="sm">{t('rules.problems', { count: data.diagnostics.length })}</Text></Accordion.Control>
            <Accordion.Panel><Diagnostics items={data.diagnostics} /></Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      ) : null}
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={8} />) : data.rules.length === 0 ? (
        <div className="y-card"><Empty title={t('rules.empty')} detail={t('rules.empty.detail')} /></div>
      ) : rows.length === 0 ? (
        <div className="y-card"><Empty title={t('rules.emptyFiltered')} /></div>
      ) : (
        <VirtualRows count={rows.length} rowHeight={wide ? 54 : 84} label={t('rules.title')} keyOf={(index) => rows[index]?.original.name ?? index}
          head={wide ? (
            <div className="y-vrow y-vhead" style={{ gridTemplateColumns: WIDE }}>
              {head('name')}{head('priority')}<span>{t('rules.column.techniques')}</span><span className="y-number">{head('matches')}</span><span>{t('rules.column.enabled')}</span>
            </div>
          ) : undefined}
          row={(index, style) => {
            const rule = rows[index]?.original;
            if (!rule) return null;
            const blind = rule.blind_kinds.length > 0 ? <Tag tone="warn" title={rule.blind_kinds.join(', ')}>{t('rules.blind', { kinds: rule.blind_kinds.join(', ') })}</Tag> : null;
            return (
              <div key={rule.name} className="y-vrow" data-rule={rule.name} style={{ ...style, gridTemplateColumns: wide ? WIDE : NARROW }}>
                <span>
                  <span style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
                    <Link to="/rules/$name" params={{ name: rule.name }} className="y-clip y-rule-link">{rule.name}</Link>
                    {wide ? blind : null}
                  </span>
                  <span className="y-clip y-quiet" style={{ display: 'block', fontSize: 13 }}>{rule.description}</span>
                  {wide ? null : <span style={{ display: 'flex', gap: 8, alignItems: 'center' }}><SeverityMark severity={rule.severity} />{blind}</span>}
                </span>
                {wide ? (
                  <>
                    <span><SeverityMark severity={rule.severity} /></span>
                    <span className="y-clip">{rule.techniques.map((technique) => <span key={technique} style={{ marginRight: 4 }}><Tag>{technique}</Tag></span>)}</span>
                    <span className="y-number">{count(rule.matches, language)}</span>
                  </>
                ) : null}
                <RuleSwitch rule={rule} />
              </div>
            );
          }} />
      )}
      <Modal opened={linting} onClose={lintBox.close} size="xl" title={t('rules.lint')} closeButtonProps={{ 'aria-label': t('app.close') }}><Lint /></Modal>
    </>
  );
}
