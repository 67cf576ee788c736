/** What Lambda tells of one event source mapping. */
export interface DeployedMapping {
  readonly uuid: string;
  /** `Enabled`, `Disabling`, ... as Lambda words it. */
  readonly state: string;
  readonly sourceArn: string;
}

/** Event source mappings of one region, as Lambda has them. */
export interface MappingService {
  /** Those of one function. */
  list(functionName: string): Promise<readonly DeployedMapping[]>;
  state(uuid: string): Promise<string>;
  setEnabled(uuid: string, enabled: boolean): Promise<void>;
}

/** Metrics of one region. */
export interface MetricReader {
  /** The newest value of the last minutes; undefined where nothing was reported. */
  newest(metric: MetricOf): Promise<number | undefined>;
}

export interface MetricOf {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Sum';
}

/** An alarm as CloudWatch tells of it. */
export interface DeployedAlarm {
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  /** ISO time. */
  readonly since?: string;
  readonly description: string;
}

/** Alarms of one region. */
export interface AlarmService {
  list(prefix: string): Promise<readonly DeployedAlarm[]>;
}
