/** An alarm of a target as its service tells of it. */
export interface AlarmView {
  readonly region: string;
  /** Such as `iterator-age-search-index`. */
  readonly name: string;
  /** Name of its section in `docs/operate.md`. */
  readonly section: string;
  readonly state: AlarmState;
  /** ISO time; absent while it has never changed. */
  readonly since?: string;
  readonly meaning: string;
}

/** `unknown`: too little has been measured yet. */
export type AlarmState = 'ok' | 'on' | 'unknown';

/** The alarms of a target. */
export interface Alarms {
  read(): Promise<readonly AlarmView[]>;
}
