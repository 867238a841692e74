// Why a rule matched: its condition as a tree, each part with what it came to and the value it looked at.
import { IconCheck, IconX } from '@tabler/icons-react';

import type { Explanation as Part } from '../../api/model';
import { useLanguage } from '../../i18n/language';
import { count } from '../../ui/format';

function Test({ part }: { part: Part }) {
  const { t } = useLanguage();
  const values = part.values ?? [];
  return (
    <span className="y-why-test">
      <code>{part.term} {part.test}</code>
      {part.test === 'exists' && values.length === 0 ? null : (
        <span className="y-why-value">
          {values.length === 0 ? <span className="y-quiet">{t('why.noValue')}</span> : values.map((value, index) => <mark key={index}>{value === '' ? '""' : value}</mark>)}
          {part.matched && !values.includes(part.matched) ? <span className="y-quiet">{t('why.fits', { item: part.matched })}</span> : null}
        </span>
      )}
    </span>
  );
}

function Parts({ part }: { part: Part }) {
  const { language, t } = useLanguage();
  const parts = part.parts ?? [];
  const more = part.parts_left_out ?? 0;
  return (
    <ul>
      {parts.map((inner, index) => <Node key={index} part={inner} />)}
      {more > 0 ? <li className="y-quiet">{t(more === 1 ? 'why.more.one' : 'why.more', { count: count(more, language) })}</li> : null}
    </ul>
  );
}

const WORDS = { all: 'why.all', any: 'why.any', not: 'why.not' } as const;

function Node({ part }: { part: Part }) {
  const { t } = useLanguage();
  const label = t(part.holds ? 'why.holds' : 'why.fails');
  const mark = part.holds
    ? <IconCheck size={15} role="img" aria-label={label} color="var(--y-good)" />
    : <IconX size={15} role="img" aria-label={label} color="var(--y-quiet)" />;
  const name = part.name ? <code className="y-why-name">{part.name}</code> : null;
  if (part.kind === 'test' || part.kind === 'constant') {
    return <li data-holds={part.holds}>{mark} {name} {part.kind === 'test' ? <Test part={part} /> : null}</li>;
  }
  return (
    <li data-holds={part.holds}>
      {mark} {name} <span className="y-quiet">{t(WORDS[part.kind])}</span>
      <Parts part={part} />
    </li>
  );
}

export function Explanation({ part }: { part: Part }) {
  return <ul className="y-why"><Node part={part} /></ul>;
}
