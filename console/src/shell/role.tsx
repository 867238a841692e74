// What the signed-in role may do. A button that may not be used stays where it is and says why.
import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ComponentPropsWithoutRef, ReactNode } from 'react';

import type { Role } from '../api/model';
import { queries } from '../api/queries';
import { useT } from '../i18n/language';

export const ROLES = ['viewer', 'responder', 'analyst', 'admin'] as const satisfies readonly Role[];

/** Whether the role suffices, and the sentence that says what is missing. The server decides; this only spares a try. */
export function useMay(role: Role): { may: boolean; why: string } {
  const t = useT();
  const own = useQuery(queries.session()).data?.role ?? 'viewer';
  const may = ROLES.indexOf(own) >= ROLES.indexOf(role);
  return { may, why: may ? '' : t('role.needs', { role: t(`role.${role}`), own: t(`role.${own}`) }) };
}

type RoleButtonProps = ButtonProps & Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> & { needs: Role };

export function RoleButton({ needs, onClick, children, type = 'button', ...rest }: RoleButtonProps) {
  const { may, why } = useMay(needs);
  if (may) return <Button {...rest} type={type} onClick={onClick}>{children}</Button>;
  return (
    <Tooltip label={why} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Button {...rest} type="button" data-disabled aria-disabled title={why} leftSection={<IconLock size={15} aria-hidden />}>{children}</Button>
    </Tooltip>
  );
}

/** Shows its content to whoever may see it, the reason to everyone else. */
export function Needs({ role, children }: { role: Role; children: ReactNode }) {
  const t = useT();
  const { may, why } = useMay(role);
  if (may) return children;
  return (
    <div className="y-card y-state">
      <IconLock size={34} stroke={1.3} aria-hidden className="y-quiet" />
      <h2>{why}</h2>
      <p>{t('role.ask')}</p>
    </div>
  );
}
