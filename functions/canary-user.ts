/**
 * The user that canaries write: with your own table, an item of yours that counts in a total, is searched, and that
 * nobody takes for real.
 */
export interface CanaryUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly country: string;
  readonly plan: string;
  readonly status: string;
}

/** The total in which a canary shows, by `country`. */
export const canaryTotal = 'users-by-country';

/** Every email to it is taken and thrown away by SES. @see SES Developer Guide, "Using the mailbox simulator" */
const simulatedMailbox = 'success@simulator.amazonses.com';

/** A group is used again after an hour, so that a canary adds no more than so many rows to a total. */
const groups = 60;

/** @param id such as `canary-search-eu-west-1`: each canary of each region has users of its own */
export function canaryUser(id: string, minute: number): CanaryUser {
  return {
    id,
    email: simulatedMailbox,
    name: `Canary ${minute}`,
    country: `${id} ${minute % groups}`,
    plan: 'canary',
    status: 'canary',
  };
}
