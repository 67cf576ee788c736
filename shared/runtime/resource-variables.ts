import type { ResourceDefinition } from './consumer-definition.ts';

/** What the resources that a function may use are called where it runs. */
export interface PhysicalNames {
  readonly sourceTable: string;
  /** The table in the other region. */
  readonly replica: {
    readonly table: string;
    readonly region: string;
    readonly endpoint: string;
    readonly mode: 'one-way' | 'active-active' | 'off';
  };
  readonly index: string;
  readonly searchEndpoint: string;
  /** The address that mails are sent from. */
  readonly sender: string;
  readonly configurationSet: string;
  /** `resend` only where every event of the mail service is sure to arrive. */
  readonly onSilence: 'park' | 'resend';
}

/** The variables of one resource where tables and buckets bear their logical names, as on a laptop and in a replay. */
export function variablesOf(resource: ResourceDefinition, names: PhysicalNames): Readonly<Record<string, string>> {
  switch (resource.kind) {
    case 'table':
    case 'bucket':
      return { [resource.variable]: resource.name };
    case 'failures':
      return {};
    case 'sourceTable':
      return { [resource.variable]: names.sourceTable };
    case 'replicaTable':
      return {
        [resource.variable]: names.replica.table,
        [resource.regionVariable]: names.replica.region,
        [resource.endpointVariable]: names.replica.endpoint,
        [resource.modeVariable]: names.replica.mode,
      };
    case 'searchIndex':
      return { [resource.variable]: names.index, [resource.endpointVariable]: names.searchEndpoint };
    case 'emailIdentity':
      return {
        [resource.variable]: names.sender,
        [resource.configurationSetVariable]: names.configurationSet,
        [resource.onSilenceVariable]: names.onSilence,
      };
  }
}
