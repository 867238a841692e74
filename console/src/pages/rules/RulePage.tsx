// One rule: its text, what it reads, what it is blind to.
import { Alert, Group } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink, ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { useMay } from '../../shell/role';
import { CodeBlock, Copy } from '../../ui/CodeBlock';
import { count } from '../../ui/format';
import { Facts, SeverityMark, Tag } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';
import { Diagnostics } from './Diagnostics';
import { Hits } from './Hits';
import { RuleSwitch } from './RuleSwitch';

const CodeEditor = lazy(() => import('../../ui/CodeEditor'));
const LANGUAGES = { falco: 'Falco', sigma: 'Sigma' } as const;

export default function RulePage() {
  const { language, t } = useLanguage();
  const { name } = useParams({ from: '/shell/rules/$name' });
  const { data, error, refetch } = useQuery(queries.rule(name));
  const { may } = useMay('analyst');
  const back = (
    <AnchorLink to="/rules" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2, marginBottom: 6 }}>
      <IconChevronLeft size={15} aria-hidden />{t('rules.title')}
    </AnchorLink>
  );
  if (!data) return <>{back}<PageHead title={name} />{error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />}</>;
  const { rule, source, diagnostics } = data;
  const kept = /\/rule-files\/([^/]+)\.yaml$/.exec(rule.file)?.[1];
  return (
    <>
      {back}
      <PageHead title={rule.name} lead={<Group gap="sm" mt={6}><SeverityMark severity={rule.severity} /><span>{rule.description}</span></Group>}>
        <RuleSwitch rule={rule} label={t('rule.enabled')} />
        {may ? (
          kept ? <ButtonLink to="/rule-editor" search={{ file: kept }} variant="default" size="xs">{t('rule.edit')}</ButtonLink>
            : source ? <ButtonLink to="/rule-editor" search={{ from: rule.name }} variant="default" size="xs">{t('rule.copy')}</ButtonLink> : null
        ) : null}
      </PageHead>
      <div className="y-grid">
        {rule.blind_kinds.length > 0 ? <Alert color="yellow" title={t('rule.blind')}>{t('rule.blind.detail', { kinds: rule.blind_kinds.join(', ') })}</Alert> : null}
        {diagnostics.length > 0 ? <section className="y-card"><Diagnostics items={diagnostics} /></section> : null}
        <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 380px), 1fr))', alignItems: 'start' }}>
          <section className="y-card">
            <Group justify="space-between" mb="sm"><h2 style={{ margin: 0 }}>{t('rule.source')}</h2>{source ? <Copy text={source} /> : null}</Group>
            {source ? (
              <Suspense fallback={<Loading rows={1} height={220} />}>
                <CodeEditor language="yaml" label={t('rule.source')} value={source} readOnly minHeight={80} maxHeight={640} firstLine={rule.line} />
              </Suspense>
            ) : <CodeBlock label={t('rule.condition')} text={rule.condition} />}
          </section>
          <div className="y-grid">
            <section className="y-card">
              <Facts items={[
                ['rule.language', LANGUAGES[rule.language]],
                ['rule.priority', rule.priority],
                ['rule.file', <span key="f" className="y-mono">{rule.file}:{rule.line}</span>],
                ['rule.matches', count(rule.matches, language)],
                ['finding.techniques', rule.techniques.length === 0 ? '—' : <Group key="t" gap={6}>{rule.techniques.map((one) => <Tag key={one}>{one}</Tag>)}</Group>],
                ['finding.tags', rule.tags.length === 0 ? '—' : <Group key="g" gap={6}>{rule.tags.map((one) => <Tag key={one}>{one}</Tag>)}</Group>],
                ['rule.kinds', <Group key="k" gap={6}>{rule.event_kinds.map((one) => <Tag key={one} {...(rule.blind_kinds.includes(one) ? { tone: 'warn' as const } : {})}>{one}</Tag>)}</Group>],
              ]} />
              <ButtonLink to="/findings" search={{ rule: rule.name, status: 'all' }} variant="default" size="xs" mt="md">{t('rule.findings')}</ButtonLink>
            </section>
            <Hits rule={rule.name} />
            <section className="y-card"><h2>{t('rule.condition')}</h2><CodeBlock label={t('rule.condition')} text={rule.condition} /></section>
            <section className="y-card"><h2>{t('rule.output')}</h2><CodeBlock label={t('rule.output')} text={rule.output} /></section>
          </div>
        </div>
      </div>
    </>
  );
}
