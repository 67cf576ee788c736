import { request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConsoleSource, startConsole } from '../../console/server.ts';
import { definition } from '../../functions/archive/definition.ts';
import type { OperatedPipeline } from '../../local/control/mapping-views.ts';
import { startControl } from '../../local/control/start-control.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { startS3 } from '../../local/engines/s3.ts';
import { startSearch } from '../../local/engines/search/start-search.ts';
import { startSes } from '../../local/engines/ses/start-ses.ts';

/** Hostile requests to everything that listens here. The same ones in every run. */
const runs = { seed: 77, numRuns: 500, endOnFailure: true };

interface Hostile {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly encoding: string | undefined;
  readonly body: string;
}

const empty: ConsoleSource = {
  services: () => [],
  regions: async () => [],
  alarms: () => [],
  outbox: async () => ({ total: 0, latest: [] }),
  search: async () => ({ total: 0, documents: [] }),
};

/** One mapping, which cannot be moved to what is no time. */
const pipeline: OperatedPipeline = {
  regions: [
    {
      name: 'eu-west-1',
      consumers: [
        {
          definition,
          mapping: {
            pause: async () => undefined,
            resume: () => undefined,
            rewind: async (to) => void (to === 'TRIM_HORIZON' || new Date(to).toISOString()),
            status: () => ({ state: 'Enabled', metrics: { processed: 0, dropped: 0, delivered: 0 } }),
          },
          status: () => ({}),
        },
      ],
    },
  ],
};

const servers = [
  {
    name: 'S3',
    start: (port: number) => startS3({ port }),
    parts: ['bucket', 'key', '?delete', '?list-type=2', '?list-type=2&max-keys=x', '?list-type=2&prefix=%'],
    bodies: ['<Delete><Object><Key>&#xzz;</Key></Object></Delete>', '<Delete><Key>&#99999999;</Key></Delete>'],
    probe: '/',
  },
  {
    name: 'search',
    start: (port: number) => startSearch({ port }),
    parts: ['users', '_doc', '1', '_search', '_bulk', '_count', '_mget', '_alias', '_aliases', '_mapping', '?size=-1'],
    bodies: [
      '{"query":{"bool":{"must":[{"term":{}}]}}}',
      '{"sort":[1],"size":"x","from":-1,"_source":7}',
      '{"index":{"_index":"users"}}\n{"a":1}\n{"delete":{}}\n',
      '{"docs":[{"_id":7},null]}',
      '{"actions":[{"add":null}]}',
      '{"mappings":{"properties":{"a":null}},"aliases":[1]}',
    ],
    probe: '/',
  },
  {
    name: 'SES',
    start: (port: number) => startSes({ port }),
    parts: ['v2', 'email', 'outbound-emails', 'account', 'outbox', '?limit=x', '?before=1e99'],
    bodies: ['{"Content":{"Simple":{}},"Destination":{"ToAddresses":[7]}}', '{"Content":{"Simple":null}}'],
    probe: '/v2/email/account',
  },
  {
    name: 'the console',
    start: (port: number) => startConsole(empty, port),
    parts: ['api', 'state', 'search', '?q=%', 'console.js', '..', '%2e%2e', 'server.ts'],
    bodies: [],
    probe: '/api/state',
  },
  {
    name: 'the control endpoint',
    start: () => startControl(pipeline, () => []),
    parts: ['mappings', 'mappings/eu-west-1/archive', 'mappings/eu-west-1/archive/position', 'eu-west-1', 'alarms'],
    bodies: [
      ...['{"to":1e999}', '{"to":-1}', '{"to":1e300}', '{"to":"TRIM_HORIZON"}', '{"to":0}', '{"to":"LATEST"}'],
      ...['{"state":"paused"}', '{"state":{}}', '{"state":"running"}', '[null]'],
    ],
    probe: '/mappings',
  },
] as const;

describe.each(servers)('$name', ({ start, parts, bodies, probe }) => {
  it('refuses what it does not understand, and answers as before', async () => {
    const server = await start(await createPortAllocator().take(0));
    try {
      await fc.assert(
        fc.asyncProperty(hostileRequests(parts, bodies), async (hostile) => {
          // 501 is S3's word for what it leaves out; any other of these means that something broke.
          const status = await send(server.url, hostile);
          expect(status < 500 || status === 501).toBe(true);
        }),
        runs,
      );
      const good = { method: 'GET', path: probe, type: 'application/json', encoding: undefined, body: '' };
      expect(await send(server.url, good)).toBe(200);
    } finally {
      await server.stop();
    }
  });
});

function hostileRequests(parts: readonly string[], bodies: readonly string[]): fc.Arbitrary<Hostile> {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...parts) },
    fc.constantFrom('', '%', '%zz', '%00', '*', '_all', '..', '%F0%9F%98%80', '__proto__', 'constructor'),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
  );
  return fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH'),
    path: fc.array(part, { maxLength: 5 }).map((all) => `/${all.join('/')}`.replaceAll('/?', '?')),
    type: fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'application/xml'),
    encoding: fc.constantFrom(undefined, undefined, undefined, 'gzip'),
    body: fc.oneof(fc.constantFrom('', '{', 'null', '[]', '7', ...bodies), fc.json(), fc.string()),
  });
}

/** As it is: a client that mends addresses would send none of these. */
function send(url: string, { method, path, type, encoding, body }: Hostile): Promise<number> {
  const { hostname, port } = new URL(url);
  const headers = { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
