/** What can be asked of one region's dependencies; what is absent does not apply there. Each call may throw. */
export interface RegionProbes {
  readonly region: string;
  /** Whose credentials these are. */
  readonly identity?: () => Promise<string>;
  /** Names that are asked for. */
  readonly tables: readonly string[];
  /** `ACTIVE`, ...; undefined when there is no such table. */
  readonly tableStatus?: (name: string) => Promise<string | undefined>;
  readonly searchHealth?: () => Promise<'green' | 'yellow' | 'red'>;
  readonly mail?: () => Promise<MailAccount>;
  readonly sender?: () => Promise<Sender>;
  /** Of the topic that alarms go to. */
  readonly subscriptions?: () => Promise<readonly Subscription[]>;
  /** How many invocations the account may run at once. */
  readonly concurrency?: () => Promise<number>;
  /** Whether CDK has been bootstrapped. */
  readonly bootstrapped?: () => Promise<boolean>;
}

export interface MailAccount {
  readonly enabled: boolean;
  readonly sandbox: boolean;
  readonly perDay: number;
  readonly remaining: number;
}

export interface Sender {
  readonly name: string;
  readonly verified: boolean;
}

export interface Subscription {
  readonly endpoint: string;
  readonly confirmed: boolean;
}
