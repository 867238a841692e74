// One incident: its story, its timeline, what its findings share, and what was decided.
import { Alert, Button, Group, Menu, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronLeft, IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { EXPORT_FORMATS, exportAddress, incidentQueries } from '../../api/incidentQueries';
import type { Incident, IncidentDetail, Verdict } from '../../api/model';
import { changes, queries } from '../../api/queries';
import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink, ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { RoleButton, RoleNote, useMay } from '../../shell/role';
import { count, dateTime, duration } from '../../ui/format';
import { Facts, SeverityMark, StatusMark, Tag } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';
import { AttackPath, Checks } from './AttackPath';
import { EntityGraph } from './EntityGraph';
import { Links } from './Links';
import { story } from './story';
import { useIncidentChange } from './useIncidentChange';

function Work({ incident }: { incident: Incident }) {
  const { t } = useLanguage();
  const session = useQuery(queries.session()).data;
  const [verdict, choose] = useState<Verdict | null>(null);
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const { may } = useMay('responder');
  const assignees = useQuery({ ...incidentQueries.assignees(), enabled: may && incident.status === 'open' }).data ?? [];
  const change = useIncidentChange(incident.id, () => {
    choose(null);
    setReason('');
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (verdict) change.mutate({ action: 'close', verdict, reason: reason.trim(), accepted_until: verdict === 'accepted' && until ? new Date(`${until}T23:59:59`).toISOString() : null });
  };
  const own = incident.assignee !== null && incident.assignee === session?.name;
  return (
    <section className="y-card">
      <h2>{t('incident.work')}</h2>
      {incident.reason ? <Text size="sm" mb="xs"><span className="y-quiet">{t('finding.decide.reason')}: </span>{incident.reason}</Text> : null}
      <Group gap="xs">
        {incident.status === 'open' ? (
          <>
            <RoleButton needs="responder" size="xs" variant="default" onClick={() => change.mutate({ action: own ? 'release' : 'take' })}>{t(own ? 'incident.release' : 'incident.take')}</RoleButton>
            {(['real', 'false', 'accepted'] as const).map((one) => (
              <RoleButton key={one} needs="responder" size="xs" variant={verdict === one ? 'filled' : 'default'} aria-pressed={verdict === one} onClick={() => choose(verdict === one ? null : one)}>{t(`incident.close.${one}`)}</RoleButton>
            ))}
          </>
        ) : <RoleButton needs="responder" size="xs" variant="default" onClick={() => change.mutate({ action: 'reopen' })}>{t('incident.reopen')}</RoleButton>}
      </Group>
      {may && incident.status === 'open' && assignees.length > 1 ? (
        <Select mt="sm" size="xs" maw={260} label={t('incident.assign')} placeholder={t('incident.assign.nobody')} searchable clearable value={incident.assignee} data={[...new Set([...assignees, ...(incident.assignee ? [incident.assignee] : [])])]}
          onChange={(name) => change.mutate(name ? { action: 'assign', name } : { action: 'release' })} />
      ) : null}
      <RoleNote needs="responder" />
      {change.error ? <Alert mt="sm" color="red" role="alert">{failure(change.error).message || t('error.offline')}</Alert> : null}
      {verdict ? (
        <form onSubmit={submit}>
          <Stack gap="sm" mt="sm">
            <Text size="sm" c="dimmed">{t(`incident.close.${verdict}.detail`)}</Text>
            {verdict === 'accepted' ? <TextInput type="date" required label={t('finding.decide.untilLabel')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} /> : null}
            <Textarea label={t('finding.decide.reasonLabel')} required autosize minRows={2} maxLength={2000} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
            <Group gap="xs">
              <Button type="submit" size="sm" loading={change.isPending}>{t('incident.close.submit')}</Button>
              <Button size="sm" variant="subtle" onClick={() => choose(null)}>{t('app.cancel')}</Button>
            </Group>
          </Stack>
        </form>
      ) : null}
    </section>
  );
}

function Comments({ detail }: { detail: IncidentDetail }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const [text, setText] = useState('');
  const { may } = useMay('responder');
  const add = useMutation({
    mutationFn: () => changes.incidentComment(detail.incident.id, text.trim()),
    onSuccess: () => {
      setText('');
      void cache.invalidateQueries({ queryKey: ['incident'] });
    },
  });
  return (
    <section className="y-card">
      <h2>{t('incident.comments')}</h2>
      {detail.comments.length === 0 ? <p className="y-quiet" style={{ marginTop: 0 }}>{t('incident.comments.empty')}</p> : (
        <ul className="y-rows">
          {detail.comments.map((comment) => (
            <li key={`${comment.time}${comment.author}`} style={{ padding: '8px 0' }}>
              <Text size="sm" c="dimmed">{comment.author} · {dateTime(comment.time, language)}</Text>
              <div style={{ whiteSpace: 'pre-wrap' }}>{comment.text}</div>
            </li>
          ))}
        </ul>
      )}
      {may ? <form onSubmit={(event) => { event.preventDefault(); if (text.trim()) add.mutate(); }}>
        <Stack gap="xs" mt="xs">
          <Textarea aria-label={t('incident.comments.add')} placeholder={t('incident.comments.add')} autosize minRows={2} maxLength={2000} value={text} onChange={(e) => setText(e.currentTarget.value)} />
          {add.error ? <Alert color="red" role="alert">{failure(add.error).message || t('error.offline')}</Alert> : null}
          <Button type="submit" size="xs" variant="default" loading={add.isPending} style={{ alignSelf: 'start' }}>{t('incident.comments.submit')}</Button>
        </Stack>
      </form> : null}
    </section>
  );
}

/** When a finding happened first within the incident: its cause may have been known for weeks. */
const within = (incident: Incident, time: string) => (Date.parse(time) < Date.parse(incident.first_seen) ? incident.first_seen : time);

function Timeline({ detail }: { detail: IncidentDetail }) {
  const { language, t } = useLanguage();
  return (
    <section className="y-card">
      <h2>{t('incident.timeline')}</h2>
      <ol className="y-timeline">
        {detail.timeline.map((finding) => (
          <li key={finding.id} data-severity={finding.severity}>
            <Text size="sm" c="dimmed"><time dateTime={within(detail.incident, finding.first_seen)}>{dateTime(within(detail.incident, finding.first_seen), language)}</time>{finding.count > 1 ? ` · ${t('overview.topRules.count', { count: count(finding.count, language) })}` : ''}</Text>
            <Group gap="xs"><SeverityMark severity={finding.severity} /><Link to="/findings/$id" params={{ id: finding.id }} className="y-rule-link">{finding.title}</Link>{finding.status === 'open' ? null : <StatusMark status={finding.status} />}</Group>
            <div className="y-quiet" style={{ fontSize: 13 }}>{finding.message}</div>
          </li>
        ))}
      </ol>
    </section>
  );
}

const AROUND_MS = 60_000;

/** Everything that was stored from a minute before the incident to a minute after. */
function surroundings({ first_seen, last_seen }: Incident): string {
  const bound = (time: string, ms: number) => `TIMESTAMP '${new Date(Date.parse(time) + ms).toISOString()}'`;
  return `SELECT time, type, process_name, process_cmd_line, file_path, dst_ip, user_name, rules\nFROM events\nWHERE time >= ${bound(first_seen, -AROUND_MS)} AND time <= ${bound(last_seen, AROUND_MS)}\nORDER BY time\nLIMIT 1000`;
}

export default function IncidentPage() {
  const { language, t } = useLanguage();
  const { id } = useParams({ from: '/shell/incidents/$id' });
  const cache = useQueryClient();
  const { data: detail, error, refetch } = useQuery(queries.incident(id));
  useStream(['finding'], { finding: () => void cache.invalidateQueries({ queryKey: ['incident', id] }) });
  const back = (
    <AnchorLink to="/incidents" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2, marginBottom: 6 }}>
      <IconChevronLeft size={15} aria-hidden />{t('incidents.title')}
    </AnchorLink>
  );
  if (!detail) return <>{back}<PageHead title={t('incidents.title')} />{error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />}</>;
  const { incident, entities } = detail;
  const since = (time: string | null | undefined) => (time ? duration(Math.max(Date.parse(time) - Date.parse(incident.detected), 1000), language) : '—');
  return (
    <>
      {back}
      <PageHead title={incident.title} lead={
        <Group gap="sm" mt={6}>
          <SeverityMark severity={incident.severity} />
          <Tag {...(incident.status === 'open' ? { tone: 'warn' as const } : {})}>{incident.verdict ? t(`incident.verdict.${incident.verdict}`) : t(`incident.status.${incident.status}`)}</Tag>
          <span>{incident.asset_name}</span>
          <span>{t(incident.findings === 1 ? 'incidents.findings.one' : 'incidents.findings', { count: count(incident.findings, language) })}</span>
        </Group>
      }>
        <Menu position="bottom-end" shadow="md">
          <Menu.Target><Button size="xs" variant="default" leftSection={<IconDownload size={15} />} rightSection={<IconChevronDown size={14} />}>{t('incident.export')}</Button></Menu.Target>
          <Menu.Dropdown>
            {EXPORT_FORMATS.map((format) => <Menu.Item key={format} component="a" href={exportAddress(incident.id, format)} download>{t(`incident.export.${format}`)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
        <ButtonLink size="xs" variant="default" to="/events" search={{ view: 'sql', sql: surroundings(incident) }}>{t('incident.events')}</ButtonLink>
      </PageHead>
      <div className="y-grid y-with-proof">
        <div className="y-grid">
          <section className="y-card">
            <h2>{t('finding.story')}</h2>
            {story(detail, language, t).map((sentence) => <p key={sentence} data-story style={{ margin: '0 0 8px', fontSize: 15, lineHeight: 1.6 }}>{sentence}</p>)}
          </section>
          <Work incident={incident} />
          <section className="y-card">
            <h2>{t('incident.about')}</h2>
            <Facts items={[
              ['incident.assignee', incident.assignee ?? '—'],
              ['incident.detected', dateTime(incident.detected, language)],
              ['incident.toAcknowledge', since(incident.acknowledged)],
              ['incident.toRecover', since(incident.closed)],
            ]} />
          </section>
          <Links detail={detail} />
          <section className="y-card">
            <h2>{t('incident.entities')}</h2>
            <ul className="y-rows">
              {entities.map((entity) => (
                <li key={`${entity.kind}${entity.label}`} style={{ display: 'flex', gap: 10, padding: '6px 0', alignItems: 'baseline' }}>
                  <Tag>{t(`entity.${entity.kind}`)}</Tag><span className="y-grow y-mono">{entity.label}</span>
                  <span className="y-quiet" style={{ fontSize: 13 }}>{t(entity.findings === 1 ? 'incidents.findings.one' : 'incidents.findings', { count: count(entity.findings, language) })}</span>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <div className="y-grid">
          <AttackPath timeline={detail.timeline} />
          <EntityGraph id={incident.id} />
          <Timeline detail={detail} />
          <Checks timeline={detail.timeline} />
          <Comments detail={detail} />
        </div>
      </div>
    </>
  );
}
