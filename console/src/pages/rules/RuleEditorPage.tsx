// Writes a rule file that the server keeps: checked while typing, tried on stored events, saved with its versions.
import { Alert, Button, FileButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconChevronLeft, IconDeviceFloppy, IconTrash, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

import { queries } from '../../api/queries';
import { ruleChanges, ruleQueries } from '../../api/ruleQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { Needs } from '../../shell/role';
import { Failed, Loading } from '../../ui/states';
import { Diagnostics } from './Diagnostics';
import { Trial } from './Trial';
import { Versions } from './Versions';

const CodeEditor = lazy(() => import('../../ui/CodeEditor'));
const CHECK_AFTER_MS = 500;
const FILE_BYTES_MAX = 512 * 1024;
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;
const EXAMPLE = '- rule: Shell started by a web server\n  desc: A web server started a shell.\n  condition: >\n    evt.type in (execve, execveat) and proc.name in (bash, sh, dash) and proc.pname in (nginx, apache2, httpd)\n  output: Shell under %proc.pname (user=%user.name command=%proc.cmdline)\n  priority: WARNING\n  tags: [host, T1059.004]\n';

interface EditorProps {
  /** The file that is edited; none for a new one. */
  file: string | undefined;
  version: number;
  saved: string;
  first: string;
}

function Editor({ file, version, saved, first }: EditorProps) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [text, setText] = useState(first);
  const [name, setName] = useState(file ?? '');
  const [note, setNote] = useState('');
  const [tooLarge, setTooLarge] = useState('');
  const [removing, removeBox] = useDisclosure(false);
  const [checked] = useDebouncedValue(text, CHECK_AFTER_MS);
  const check = useQuery({ ...ruleQueries.check(checked, file), enabled: checked.trim() !== '', placeholderData: (before) => before });
  const diagnostics = check.data ?? [];
  const errors = diagnostics.filter(({ level }) => level === 'error').length;
  const changed = text !== saved;
  const blocker = useBlocker({ shouldBlockFn: () => changed, enableBeforeUnload: () => changed, withResolver: true });

  const refresh = () => Promise.all([['rule-files'], ['rule-file'], ['rules'], ['rule']].map((queryKey) => cache.invalidateQueries({ queryKey })));
  const save = useMutation({
    mutationFn: () => ruleChanges.put(name, text, note, version),
    onSuccess: async (kept) => {
      setNote('');
      await refresh();
      void navigate({ to: '/rule-editor', search: { file: kept.name }, replace: true, ignoreBlocker: true });
    },
  });
  const remove = useMutation({
    mutationFn: () => ruleChanges.remove(name),
    onSuccess: async () => {
      await refresh();
      void navigate({ to: '/rules', ignoreBlocker: true });
    },
  });
  const upload = async (picked: File | null) => {
    if (!picked) return;
    setTooLarge(picked.size > FILE_BYTES_MAX ? t('ruleFile.tooLarge', { name: picked.name }) : '');
    if (picked.size > FILE_BYTES_MAX) return;
    setText(await picked.text());
    if (!file && !name) setName(picked.name.replace(/\.ya?ml$/i, '').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, ''));
  };
  const problem = save.error ? failure(save.error) : null;
  const isName = NAME.test(name);

  return (
    <div className="y-grid">
      <section className="y-card">
        <Stack gap="sm">
          {file ? null : <TextInput label={t('ruleFile.name')} description={t('ruleFile.name.detail')} required maw={420} value={name} onChange={(event) => setName(event.currentTarget.value)} error={name !== '' && !isName ? t('ruleFile.name.bad') : undefined} />}
          <Suspense fallback={<Loading rows={1} height={320} />}>
            <CodeEditor language="yaml" label={t('rules.lint.text')} value={text} onChange={setText} minHeight={280} maxHeight={560} problems={diagnostics} />
          </Suspense>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c={errors > 0 ? 'var(--y-critical)' : 'dimmed'} role="status" data-errors={errors}>
              {check.isFetching || checked !== text ? t('ruleFile.checking') : check.error ? failure(check.error).message || t('error.offline') : errors > 0 ? t('ruleFile.errors', { count: errors }) : diagnostics.length > 0 ? t('ruleFile.warnings', { count: diagnostics.length }) : t('rules.lint.clean')}
            </Text>
            <FileButton accept=".yaml,.yml,text/yaml" onChange={(picked) => void upload(picked)}>
              {(props) => <Button {...props} size="compact-sm" variant="default" leftSection={<IconUpload size={14} />}>{t('ruleFile.upload')}</Button>}
            </FileButton>
          </Group>
          {tooLarge ? <Alert color="red" role="alert">{tooLarge}</Alert> : null}
          {diagnostics.length > 0 ? <Diagnostics items={diagnostics} /> : null}
          <TextInput label={t('ruleFile.note')} placeholder={t('ruleFile.note.example')} value={note} maxLength={1000} onChange={(event) => setNote(event.currentTarget.value)} />
          {problem ? <Alert color="red" role="alert" title={t('ruleFile.notSaved')}>{problem.message || t('error.offline')}{problem.hint ? <Text size="sm" mt={4}>{problem.hint}</Text> : null}</Alert> : null}
          <Group gap="xs">
            <Button leftSection={<IconDeviceFloppy size={16} />} loading={save.isPending} disabled={!changed || !isName || errors > 0 || text.trim() === ''} onClick={() => save.mutate()}>{t('ruleFile.save')}</Button>
            {file ? <Button variant="light" color="red" leftSection={<IconTrash size={16} />} onClick={removeBox.open}>{t('ruleFile.delete')}</Button> : null}
          </Group>
        </Stack>
      </section>
      <Trial text={text} file={file} />
      {file ? <Versions name={file} text={text} onTake={setText} /> : null}
      <Modal opened={removing} onClose={removeBox.close} title={t('ruleFile.delete')} closeButtonProps={{ 'aria-label': t('app.close') }}>
        <Stack>
          <Text size="sm">{t('ruleFile.delete.detail', { name })}</Text>
          {remove.error ? <Alert color="red" role="alert">{failure(remove.error).message || t('error.offline')}</Alert> : null}
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>{t('ruleFile.delete')}</Button>
        </Stack>
      </Modal>
      <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title={t('ruleFile.unsaved')} closeButtonProps={{ 'aria-label': t('app.close') }}>
        <Stack>
          <Text size="sm">{t('ruleFile.unsaved.detail')}</Text>
          <Group gap="xs">
            <Button onClick={() => blocker.reset?.()}>{t('ruleFile.stay')}</Button>
            <Button variant="default" onClick={() => blocker.proceed?.()}>{t('ruleFile.leave')}</Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

export default function RuleEditorPage() {
  const { t } = useLanguage();
  const { file, from, text } = useSearch({ from: '/shell/rule-editor' });
  const kept = useQuery({ ...ruleQueries.file(file ?? ''), enabled: file !== undefined });
  const copied = useQuery({ ...queries.rule(from ?? ''), enabled: from !== undefined });
  const back = (
    <AnchorLink to="/rules" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2, marginBottom: 6 }}>
      <IconChevronLeft size={15} aria-hidden />{t('rules.title')}
    </AnchorLink>
  );
  const waits = (file !== undefined && !kept.data) || (from !== undefined && !copied.data);
  const error = kept.error ?? copied.error;
  return (
    <>
      {back}
      <PageHead title={file ?? t('ruleFile.new')} lead={t('ruleFile.lead')} />
      <Needs role="analyst">
        {waits ? (error ? <Failed error={failure(error)} /> : <Loading rows={6} />) : (
          <Editor key={`${file ?? ''} ${kept.data?.version ?? 0} ${from ?? ''}`} file={file} version={kept.data?.version ?? 0} saved={kept.data?.text ?? ''}
            first={kept.data?.text ?? copied.data?.source ?? text ?? EXAMPLE} />
        )}
      </Needs>
    </>
  );
}
