import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { names } from '../../local/pipeline/names.ts';
import type { RunningPipeline } from '../../local/running-pipeline.ts';
import type { RegionProbes } from '../../shared/operations/doctor/probes.ts';
import { createSesClient, sesEmailService } from '../../shared/services/ses/client.ts';
import { readHealth, tableStatusOf } from './probe-answers.ts';

/** What can be asked of the pipeline on this machine: it has no account, and tells nobody of its alarms. */
export function laptopProbes({ regions }: RunningPipeline): readonly RegionProbes[] {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return regions.map(({ name: region, endpoints }) => {
    const dynamodb = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
    const mails = sesEmailService(createSesClient({ region, credentials, endpoint: endpoints.ses }));
    return {
      region,
      tables: [names.table],
      tableStatus: (TableName) => tableStatusOf(dynamodb.send(new DescribeTableCommand({ TableName }))),
      searchHealth: async () => {
        const response = await fetch(`${endpoints.opensearch}/_cluster/health`);
        return readHealth(((await response.json()) as { readonly status?: unknown }).status);
      },
      mail: async () => ({ ...(await mails.quota()), sandbox: false }),
    };
  });
}
