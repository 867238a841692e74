// Asks the stored events in SQL: editor, saved queries, answer, downloads.
import { ActionIcon, Alert, Button, Group, Menu, Modal, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconChevronDown, IconDeviceFloppy, IconDownload, IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';

import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { RoleButton, RoleNote, useMay } from '../../shell/role';
import { csv } from '../../ui/format';
import { Empty, Loading } from '../../ui/states';
import { Answer } from './Answer';
import { chartOf } from './chartOf';
import { parametersOf, withParameters } from './parameters';

const CodeEditor = lazy(() => import('../../ui/CodeEditor'));
const Chart = lazy(() => import('../../ui/Chart'));

const SAMPLES = [
  ['sql.sample.kinds', "SELECT type, count(*) AS events\nFROM events\nWHERE time > now() - INTERVAL '1 hour'\nGROUP BY type\nORDER BY events DESC"],
  ['sql.sample.programs', "SELECT process_path, count(*) AS starts\nFROM process_activity\nWHERE type IN ('execve', 'execveat')\nGROUP BY process_path\nORDER BY starts DESC\nLIMIT 20"],
  ['sql.sample.matched', 'SELECT time, rules, type, process_cmd_line, file_path\nFROM events\nWHERE cardinality(rules) > 0\nORDER BY time DESC\nLIMIT 100'],
  ['sql.sample.connections', "SELECT time, process_name, dst_ip, dst_port, protocol, user_name\nFROM network_activity\nWHERE direction = 'outbound'\nORDER BY time DESC\nLIMIT 100"],
  ['sql.sample.secrets', "SELECT time, process_name, ancestors, file_path, user_name\nFROM file_activity\nWHERE file_path LIKE '/etc/%'\nORDER BY time DESC\nLIMIT 100"],
] as const;

function download(name: string, type: string, content: string) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export default function Hunt() {
  const { t } = useLanguage();
  const search = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  const cache = useQueryClient();
  const { may } = useMay('analyst');
  const schema = useQuery(queries.eventSchema());
  const saved = useQuery(queries.savedQueries());
  const [sql, setSql] = useState<string>(search.sql ?? SAMPLES[0][1]);
  const [limit, setLimit] = useState('1000');
  const [saving, setSaving] = useState(false);
  const [name, setName] = useState('');
  const tables = useMemo(() => Object.fromEntries((schema.data ?? []).map((table) => [table.name, table.columns.map((column) => column.name)])), [schema.data]);

  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const parameters = useMemo(() => parametersOf(sql), [sql]);
  const [asChart, setAsChart] = useState(false);

  const asked = useRef<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  const hunt = useMutation({
    mutationFn: (text: string) => {
      stop.current = new AbortController();
      return changes.hunt(text, Number(limit), stop.current.signal);
    },
  });
  const ask = (text: string) => {
    if (!may || !text.trim() || hunt.isPending) return;
    asked.current = text;
    void navigate({ search: (before) => ({ ...before, sql: text }), replace: true });
    hunt.mutate(withParameters(text, values));
  };
  const run = () => ask(sql);
  // A step from an event brings its question with it; one that needs parameters waits for them.
  const arrive = useEffectEvent((text: string) => {
    setSql(text);
    if (parametersOf(text).length === 0) ask(text);
  });
  useEffect(() => {
    if (search.sql && search.sql !== asked.current) arrive(search.sql);
  }, [search.sql, may]);
  useEffect(() => () => stop.current?.abort(), []);
  const refresh = () => void cache.invalidateQueries({ queryKey: ['queries'] });
  const save = useMutation({
    mutationFn: () => changes.queryCreate(name.trim(), sql),
    onSuccess: () => {
      refresh();
      setSaving(false);
      setName('');
    },
  });
  const remove = useMutation({ mutationFn: changes.queryDelete, onSuccess: refresh });
  const problem = hunt.error ? failure(hunt.error) : null;
  const answer = hunt.data;
  const chart = useMemo(() => (answer ? chartOf(answer) : null), [answer]);
  const cancelled = hunt.isError && stop.current?.signal.aborted === true;

  return (
    <Stack gap="sm">
      <Suspense fallback={<Loading rows={1} height={150} />}>
        <CodeEditor language="sql" label={t('sql.editor')} value={sql} onChange={setSql} onRun={run} tables={tables} minHeight={120} maxHeight={300} />
      </Suspense>
      <RoleNote needs="analyst" />
      {parameters.length > 0 ? (
        <Group gap="xs" role="group" aria-label={t('sql.parameters')}>
          {parameters.map((parameter) => (
            <TextInput key={parameter} size="xs" label={parameter} value={values[parameter] ?? ''} onChange={(event) => {
              const { value } = event.currentTarget;
              setValues((before) => ({ ...before, [parameter]: value }));
            }} onKeyDown={(event) => { if (event.key === 'Enter') run(); }} />
          ))}
        </Group>
      ) : null}
      <Group gap="xs">
        {hunt.isPending ? (
          <Button color="red" variant="light" leftSection={<IconPlayerStop size={16} />} onClick={() => stop.current?.abort()}>{t('sql.cancel')}</Button>
        ) : (
          <RoleButton needs="analyst" leftSection={<IconPlayerPlay size={16} />} onClick={run}>{t('sql.run')}</RoleButton>
        )}
        <Menu position="bottom-start" shadow="md">
          <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>{t('sql.samples')}</Button></Menu.Target>
          <Menu.Dropdown>{SAMPLES.map(([key, text]) => <Menu.Item key={key} onClick={() => setSql(text)}>{t(key)}</Menu.Item>)}</Menu.Dropdown>
        </Menu>
        <Menu position="bottom-start" shadow="md">
          <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>{t('sql.saved')}</Button></Menu.Target>
          <Menu.Dropdown>
            {(saved.data ?? []).length === 0 ? <Menu.Label>{t('sql.saved.empty')}</Menu.Label> : null}
            {(saved.data ?? []).map((query) => (
              <Group key={query.id} gap={4} wrap="nowrap">
                <Menu.Item style={{ flex: 1 }} onClick={() => setSql(query.sql)}>{query.name}</Menu.Item>
                {may ? <ActionIcon variant="subtle" color="gray" aria-label={t('sql.delete', { name: query.name })} onClick={() => remove.mutate(query.id)}><IconTrash size={15} /></ActionIcon> : null}
              </Group>
            ))}
          </Menu.Dropdown>
        </Menu>
        <RoleButton needs="analyst" variant="default" leftSection={<IconDeviceFloppy size={16} />} onClick={() => setSaving(true)}>{t('sql.save')}</RoleButton>
        <Menu position="bottom-start" shadow="md">
          <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>{t('sql.tables')}</Button></Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
            {(schema.data ?? []).map((table) => (
              <Menu.Item key={table.name} onClick={() => setSql(`SELECT *\nFROM ${table.name}\nORDER BY time DESC\nLIMIT 100`)}>
                <Text size="sm" ff="monospace">{table.name}</Text>
                <Text size="xs" c="dimmed" maw={420}>{table.description}</Text>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <NativeSelect aria-label={t('sql.limit')} value={limit} onChange={(e) => setLimit(e.currentTarget.value)} data={['100', '1000', '10000']} />
        <Text size="sm" c="dimmed" visibleFrom="sm">{t('sql.hint')}</Text>
      </Group>
      <div aria-live="polite">
        {hunt.isPending ? <Loading rows={4} /> : cancelled ? <div className="y-card"><Empty title={t('sql.cancelled')} /></div> : problem ? (
          <Alert color="red" title={t('sql.error')} role="alert">
            <pre className="y-mono" style={{ margin: 0, whiteSpace: 'pre-wrap' }}>{problem.status === 0 ? t('error.offline') : problem.message}</pre>
            {problem.hint ? <Text size="sm" mt={6}>{problem.hint}</Text> : null}
          </Alert>
        ) : !answer ? (
          <div className="y-card"><Empty title={t('sql.ask')} detail={t('sql.ask.detail')} /></div>
        ) : (
          <Stack gap="xs">
            <Group justify="space-between">
              <Text size="sm" c="dimmed" data-rows={answer.rows.length}>{t('sql.rows', { count: answer.rows.length, ms: answer.elapsed_ms })}{answer.truncated ? ` · ${t('sql.truncated')}` : ''}</Text>
              {answer.rows.length > 0 ? (
                <Group gap="xs">
                  {chart ? <SegmentedControl size="xs" aria-label={t('sql.view')} value={asChart ? 'chart' : 'table'} data={[{ value: 'table', label: t('sql.asTable') }, { value: 'chart', label: t('sql.asChart') }]} onChange={(value) => setAsChart(value === 'chart')} /> : null}
                  <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} onClick={() => download('yagura.csv', 'text/csv', csv(answer.columns.map((column) => column.name), answer.rows))}>{t('sql.csv')}</Button>
                  <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} onClick={() => download('yagura.json', 'application/json', JSON.stringify(answer.rows.map((row) => Object.fromEntries(answer.columns.map((column, index) => [column.name, row[index]]))), null, 1))}>{t('sql.json')}</Button>
                </Group>
              ) : null}
            </Group>
            {answer.rows.length === 0 ? <div className="y-card"><Empty title={t('sql.noRows')} detail={t('sql.noRows.detail')} /></div> : chart && asChart ? (
              <section className="y-card" data-chart={chart.categories.length}><Suspense fallback={<Loading rows={1} height={320} />}><Chart kind={chart.kind} label={t('sql.result')} categories={chart.categories} series={chart.series} height={320} /></Suspense></section>
            ) : <Answer answer={answer} />}
          </Stack>
        )}
      </div>
      <Modal opened={saving} onClose={() => setSaving(false)} title={t('sql.save')} closeButtonProps={{ 'aria-label': t('app.close') }}>
        <form onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
          <Stack>
            <TextInput label={t('sql.saveName')} required value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus error={save.error ? failure(save.error).message : undefined} />
            <Button type="submit" loading={save.isPending}>{t('app.save')}</Button>
          </Stack>
        </form>
      </Modal>
    </Stack>
  );
}
