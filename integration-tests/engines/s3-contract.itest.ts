import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { startS3 } from '../../local/engines/s3.ts';
import { s3ObjectStore } from '../../shared/services/s3/client.ts';
import { describeObjectStoreContract } from '../../shared/testing/object-store-contract.ts';
import { credentials, onEmbeddedAndMoto, region } from '../independent-engines.ts';

const startEmbedded = async () => startS3({ port: await createPortAllocator().take(0) });

await onEmbeddedAndMoto({ name: 'S3', startEmbedded }, ({ name, start }) => {
  describe(name, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(() => engine?.stop());

    describeObjectStoreContract(`client of S3 on ${name}`, async () => {
      const client = new S3Client({ endpoint: engine.url, region, credentials, forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: region } as const;
      await client.send(new CreateBucketCommand({ Bucket: 'contract', CreateBucketConfiguration }));
      return s3ObjectStore(client, 'contract');
    });
  });
});
