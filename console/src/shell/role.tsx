// What the signed-in role may do. What may not be used is not shown; a sentence in its place says which role may.
import { Button, Text, type ButtonProps } from '@mantine/core';
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

/** A button for those whose role suffices; for others there is none. */
export function RoleButton({ needs, onClick, children, type = 'button', ...rest }: RoleButtonProps) {
  return useMay(needs).may ? <Button {...rest} type={type} onClick={onClick}>{children}</Button> : null;
}

/** Where controls would be: the sentence that says what is missing, for those whose role does not suffice. */
export function RoleNote({ needs }: { needs: Role }) {
  const { may, why } = useMay(needs);
  if (may) return null;
  return <Text size="sm" c="dimmed" data-role-note={needs} style={{ display: 'flex', gap: 6, alignItems: 'center' }}><IconLock size={15} aria-hidden style={{ flex: 'none' }} />{why}</Text>;
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
