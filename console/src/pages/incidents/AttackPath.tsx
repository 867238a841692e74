// How far an attack came: the tactics of its findings in the order of an attack, with their techniques; and what to check.
import type { Finding } from '../../api/model';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import { present, TACTICS, TECHNIQUES } from '../../attack/techniques';
import { useLanguage } from '../../i18n/language';
import { AnchorLink } from '../../shell/links';

const CHECKS_MAX = 6;

export function AttackPath({ timeline }: { timeline: readonly Finding[] }) {
  const { t } = useLanguage();
  const ids = [...new Set(timeline.flatMap((finding) => finding.techniques).map(present))];
  const path = TACTICS.flatMap((tactic) => {
    const own = ids.filter((id) => TECHNIQUES.get(id)?.tactics.includes(tactic));
    return own.length > 0 ? [{ tactic, own }] : [];
  });
  if (path.length === 0) return null;
  return (
    <section className="y-card" data-part="attack-path">
      <h2>{t('incident.attackPath')}</h2>
      <ol className="y-attack-path">
        {path.map(({ tactic, own }) => (
          <li key={tactic}>
            <strong>{t(`tactic.${tactic}`)}</strong>
            {own.map((id) => <span key={id}><span className="y-mono">{id}</span> {TECHNIQUES.get(id)?.name}</span>)}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What the rules that fired say should be looked at. */
export function Checks({ timeline }: { timeline: readonly Finding[] }) {
  const { t } = useLanguage();
  const rules = useQuery(queries.rules()).data?.rules ?? [];
  const named = [...new Set(timeline.map((finding) => finding.rule))].slice(0, CHECKS_MAX);
  const known = named.flatMap((name) => rules.find((rule) => rule.name === name && rule.description) ?? []);
  if (known.length === 0) return null;
  return (
    <section className="y-card" data-part="checks">
      <h2>{t('incident.checks')}</h2>
      <ul className="y-rows">
        {known.map((rule) => (
          <li key={rule.name} style={{ padding: '8px 0' }}>
            <AnchorLink to="/rules/$name" params={{ name: rule.name }} size="sm">{rule.name}</AnchorLink>
            <div style={{ fontSize: 14 }}>{rule.description}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
