// What sets a vulnerability apart from others: exploited, in use, fixable.
import type { PackageUse, Vulnerability } from '../../api/model';
import { useLanguage } from '../../i18n/language';
import { dateTime } from '../../ui/format';
import { Tag } from '../../ui/marks';

/** Who uses a package, in a line. */
export function useUser(): (used: PackageUse) => string {
  const { language, t } = useLanguage();
  return (used) => {
    const where = used.container_name ?? used.container_id?.slice(0, 12);
    const program = used.process_id ? t('use.running', { program: used.program, pid: used.process_id }) : used.program;
    const place = where ? t('use.inContainer', { program, container: where }) : program;
    return t('use.last', { what: place, time: dateTime(used.last_seen, language) });
  };
}

export function UseMark({ used }: { used?: PackageUse | null | undefined }) {
  const { t } = useLanguage();
  const user = useUser();
  return used ? <Tag tone="warn" title={user(used)}>{t('use.inUse')}</Tag> : null;
}

export function Marks({ vulnerability }: { vulnerability: Vulnerability }) {
  const { t } = useLanguage();
  return (
    <>
      {vulnerability.kev ? <Tag tone="bad" title={t('vulnerabilities.exploited.detail')}>{t('vulnerabilities.exploited')}</Tag> : null}{' '}
      <UseMark used={vulnerability.used} />
    </>
  );
}
