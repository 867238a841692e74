// The story of an incident in sentences, from what its findings say.
import type { Finding, IncidentDetail } from '../../api/model';
import type { Translate } from '../../i18n/language';
import { count, dateTime, duration } from '../../ui/format';

const TITLES_MAX = 4;

/** Who did it, as far as a finding knows. */
function actor(finding: Finding, t: Translate): string {
  const program = finding.process_path ?? t('incident.story.someProgram');
  return finding.user_name ? t('incident.story.actor', { program, user: finding.user_name }) : program;
}

/** One sentence for each thing worth knowing, in the order it is told. */
export function story({ incident, timeline, entities }: IncidentDetail, language: string, t: Translate): string[] {
  const [first, ...rest] = timeline;
  if (!first) return [];
  const place = first.container_id ? t('incident.story.inContainer', { container: first.container_id, asset: first.asset_name }) : first.asset_name;
  const sentences = [t('incident.story.began', { time: dateTime(incident.first_seen, language), place, actor: actor(first, t), title: first.title })];
  if (rest.length > 0) {
    const titles = [...new Set(rest.map((finding) => finding.title))].filter((title) => title !== first.title);
    const named = titles.slice(0, TITLES_MAX).map((title) => t('incident.story.quoted', { title })).join(t('incident.story.comma'));
    const lasted = Date.parse(incident.last_seen) - Date.parse(incident.first_seen);
    const values = { count: count(rest.length, language), duration: duration(Math.max(lasted, 1000), language), titles: named };
    sentences.push(t(titles.length === 0 ? 'incident.story.again' : titles.length > TITLES_MAX ? 'incident.story.moreTitles' : 'incident.story.more', values));
  }
  const shared = entities.filter((entity) => entity.findings > 1 && entity.kind !== 'host' && entity.kind !== 'user').slice(0, 3);
  if (rest.length > 0 && shared.length > 0) {
    sentences.push(t('incident.story.shared', { things: shared.map((entity) => t(`entity.${entity.kind}.named`, { name: entity.label })).join(t('incident.story.comma')) }));
  }
  const techniques = [...new Set(timeline.flatMap((finding) => finding.techniques))];
  if (techniques.length > 0) sentences.push(t('incident.story.techniques', { techniques: techniques.join(t('incident.story.comma')) }));
  if (incident.status === 'closed') {
    sentences.push(t('incident.story.closed', { name: incident.closed_by ?? '', verdict: incident.verdict ? t(`incident.verdict.${incident.verdict}`) : '', reason: incident.reason ?? '' }));
  } else sentences.push(incident.assignee ? t('incident.story.taken', { name: incident.assignee }) : t('incident.story.waiting'));
  return sentences;
}
