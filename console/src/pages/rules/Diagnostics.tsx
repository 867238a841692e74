// What is wrong with rules: level, place, message, what to do.
import type { Diagnostic } from '../../api/model';
import { useT } from '../../i18n/language';
import { Tag } from '../../ui/marks';

const TONES = { error: 'bad', warning: 'warn', info: undefined } as const;

export function Diagnostics({ items }: { items: readonly Diagnostic[] }) {
  const t = useT();
  return (
    <ul className="y-rows">
      {items.map((item, index) => {
        const tone = TONES[item.level];
        const place = [item.file, item.line ? t('rules.place', { line: `${item.line}${item.column ? `:${item.column}` : ''}` }) : '', item.rule].filter(Boolean).join(' · ');
        return (
          <li key={index} style={{ padding: '8px 0', fontSize: 14 }}>
            <Tag {...(tone ? { tone } : {})}>{t(`rules.level.${item.level}`)}</Tag> {item.message}
            {place ? <div className="y-quiet y-mono">{place}</div> : null}
            {item.help ? <div className="y-quiet">{item.help}</div> : null}
          </li>
        );
      })}
    </ul>
  );
}
