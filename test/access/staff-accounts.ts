import type { Role } from '../../functions/access/role.ts';
import type { StaffDirectory } from '../../functions/access/staff-directory.gateway.ts';
import { TransientError } from '../../functions/kernel/errors.ts';

/** A user pool in memory: one account for each address, with its groups. */
export class StaffAccounts implements StaffDirectory {
  readonly groups = new Map<string, readonly Role[]>();
  /** The addresses to which an invitation went, one for each mail. */
  readonly invited: string[] = [];
  readonly #ids = new Map<string, string>();
  /** Whether it hears of nothing, as when the network is lost. */
  isDown = false;

  async invite({ email, resend }: { email: string; name: string; resend: boolean }): Promise<string> {
    if (this.isDown) throw new TransientError('no answer');
    const known = this.#ids.get(email);
    if (known === undefined || resend) this.invited.push(email);
    const personId = known ?? `person-${email.split('@')[0]}`;
    this.#ids.set(email, personId);
    return personId;
  }

  async keepInStep(personId: string, roles: ReadonlySet<Role>): Promise<void> {
    if (this.isDown) throw new TransientError('no answer');
    this.groups.set(personId, [...roles].toSorted());
  }

  /** The token that somebody gets who signs in now. */
  tokenOf = (personId: string) => ({ id: personId, groups: [...(this.groups.get(personId) ?? [])] });
}
