// One finding: what happened, who started whom, the proof, and what was decided.
import { Alert, Button, Group, SegmentedControl, Select, Text } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import type { Evidence } from '../../api/model';
import { queries } from '../../api/queries';
import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { CodeBlock, Copy } from '../../ui/CodeBlock';
import { ago, cell, count, dateTime } from '../../ui/format';
import { Facts, SeverityMark, StatusMark, Tag } from '../../ui/marks';
import { ProcessTree } from '../../ui/ProcessTree';
import { Failed, Loading } from '../../ui/states';
import { Pivots } from '../events/Pivots';
import { Decision } from './Decision';
import { Explanation } from './Explanation';

const TABS_MAX = 3;

function EvidencePart({ evidence, told }: { evidence: readonly Evidence[]; told: string }) {
  const { language, t } = useLanguage();
  const [index, setIndex] = useState(0);
  const [raw, setRaw] = useState(false);
  const shown = evidence[Math.min(index, evidence.length - 1)];
  if (!shown) {
    return <section className="y-card"><h2>{t('finding.evidence')}</h2><p className="y-quiet">{t('finding.evidence.none')}</p></section>;
  }
  const choices = evidence.map((one, position) => ({ value: String(position), label: dateTime(one.time, language) }));
  const json = JSON.stringify(shown.event, null, 2);
  return (
    <>
      {evidence.length > 1 ? (
        evidence.length <= TABS_MAX ? (
          <SegmentedControl aria-label={t('finding.evidence.pick')} value={String(index)} onChange={(value) => setIndex(Number(value))} data={choices} style={{ justifySelf: 'start', maxWidth: '100%', overflowX: 'auto' }} />
        ) : (
          <Select aria-label={t('finding.evidence.pick')} w={280} maw="100%" allowDeselect={false} value={String(index)} onChange={(value) => setIndex(Number(value ?? 0))} data={choices} />
        )
      ) : null}
      <section className="y-card">
        <Group justify="space-between" mb="sm"><h2 style={{ margin: 0 }}>{t('finding.tree')}</h2><Pivots event={shown.event} /></Group>
        <ProcessTree event={shown.event} />
      </section>
      {shown.explanation ? (
        <section className="y-card" data-part="why">
          <h2>{t('why.title')}</h2>
          <p className="y-quiet" style={{ margin: '0 0 10px', fontSize: 13 }}>{t('why.lead')}</p>
          <div className="y-scroll-x" tabIndex={0} role="group" aria-label={t('why.title')}><Explanation part={shown.explanation} /></div>
        </section>
      ) : null}
      <section className="y-card">
        <h2>{t('finding.fields')}</h2>
        {shown.message === told ? null : <p style={{ margin: '0 0 8px' }}>{shown.message}</p>}
        <div className="y-scroll-x" tabIndex={0} role="group" aria-label={t('finding.fields')}>
          <table className="y-plain-table">
            <thead><tr><th scope="col">{t('finding.fields.name')}</th><th scope="col">{t('finding.fields.value')}</th></tr></thead>
            <tbody>
              {Object.entries(shown.fields).map(([name, value]) => (
                <tr key={name}><td className="y-mono y-quiet y-field">{name}</td><td className="y-mono">{cell(value) || '—'}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className="y-card">
        <Group justify="space-between" mb={raw ? 'sm' : 0}>
          <h2 style={{ margin: 0 }}>{t('finding.raw')}</h2>
          <Group gap="xs">
            <Button size="compact-sm" variant="default" aria-expanded={raw} onClick={() => setRaw(!raw)}>{t(raw ? 'finding.raw.hide' : 'finding.raw.show')}</Button>
            <Copy text={json} />
          </Group>
        </Group>
        {raw ? <CodeBlock text={json} label={t('finding.raw')} /> : null}
      </section>
    </>
  );
}

export default function FindingPage() {
  const { language, t } = useLanguage();
  const { id } = useParams({ from: '/shell/findings/$id' });
  const cache = useQueryClient();
  const [again, setAgain] = useState(false);
  const { data: finding, error, refetch } = useQuery(queries.finding(id));
  const incident = useQuery(queries.incidentOf(id)).data?.incident;
  useStream(['finding'], {
    finding: (happened) => {
      if (happened.id !== id) return;
      setAgain(true);
      void cache.invalidateQueries({ queryKey: ['finding', id] });
    },
  });
  const back = (
    <AnchorLink to="/findings" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2, marginBottom: 6 }}>
      <IconChevronLeft size={15} aria-hidden />{t('findings.title')}
    </AnchorLink>
  );
  if (!finding) return <>{back}<PageHead title={t('findings.title')} />{error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />}</>;
  const now = Date.now();
  return (
    <>
      {back}
      <PageHead title={finding.title} lead={
        <Group gap="sm" mt={6}>
          <SeverityMark severity={finding.severity} />
          <StatusMark status={finding.status} />
          <span>{t(`kind.${finding.kind}`)}</span>
          <span>{finding.asset_name}</span>
        </Group>
      } />
      {again ? <Alert mb="md" color="orange" role="status" withCloseButton closeButtonLabel={t('app.close')} onClose={() => setAgain(false)}>{t('finding.happenedAgain')}</Alert> : null}
      <div className="y-grid y-with-proof">
        <div className="y-grid">
          <section className="y-card">
            <h2>{t('finding.story')}</h2>
            <p style={{ margin: '0 0 8px', fontSize: 15, lineHeight: 1.6 }}>{finding.message}</p>
            <Text size="sm" c="dimmed">
              {finding.count === 1
                ? t('finding.summary.once', { time: ago(finding.last_seen, now, language) })
                : t('finding.summary.many', { count: count(finding.count, language), first: ago(finding.first_seen, now, language), last: ago(finding.last_seen, now, language) })}
            </Text>
            {finding.remediation ? <><h2 style={{ marginTop: 16 }}>{t('finding.remediation')}</h2><p style={{ margin: 0 }}>{finding.remediation}</p></> : null}
          </section>
          {incident ? (
            <section className="y-card">
              <h2>{t('finding.incident')}</h2>
              <AnchorLink to="/incidents/$id" params={{ id: incident.id }}>{incident.title}</AnchorLink>{' '}
              <Text span size="sm" c="dimmed">{t(incident.findings === 1 ? 'incidents.findings.one' : 'incidents.findings', { count: count(incident.findings, language) })}</Text>
            </section>
          ) : null}
          <Decision finding={finding} />
          <section className="y-card">
            <h2>{t('finding.where')}</h2>
            <Facts items={[
              ['finding.asset', <AnchorLink key="a" to="/findings" search={{ asset_id: finding.asset_id, status: 'all' }}>{finding.asset_name}</AnchorLink>],
              ['finding.container', finding.container_id ?? '—'],
              ['finding.program', <span key="p" className="y-mono">{finding.process_path ?? '—'}</span>],
              ['finding.user', finding.user_name ?? '—'],
              ['finding.rule', <AnchorLink key="r" to="/rules/$name" params={{ name: finding.rule }}>{finding.rule}</AnchorLink>],
              ['finding.ruleSource', <span key="s" className="y-mono">{finding.rule_source}</span>],
              ['finding.confidence', `${finding.confidence} %`],
              ['finding.count', count(finding.count, language)],
              ['finding.firstSeen', dateTime(finding.first_seen, language)],
              ['finding.lastSeen', dateTime(finding.last_seen, language)],
              ['finding.techniques', finding.techniques.length === 0 ? '—' : (
                <Group key="t" gap={6}>{finding.techniques.map((technique) => <Link key={technique} className="y-tag" to="/findings" search={{ technique, status: 'all' }}>{technique}</Link>)}</Group>
              )],
              ['finding.tags', finding.tags.length === 0 ? '—' : <Group key="g" gap={6}>{finding.tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</Group>],
            ]} />
          </section>
        </div>
        <div className="y-grid">
          <EvidencePart evidence={finding.evidence} told={finding.message} />
        </div>
      </div>
    </>
  );
}
