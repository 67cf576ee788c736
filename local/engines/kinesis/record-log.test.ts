import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoggedRecord, openRecordLog, type RecordPlace } from './record-log.ts';

const retentionMs = 1000;
let folder: string;
let nowMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-log-'));
  nowMs = 0;
});

afterEach(() => rmSync(folder, { recursive: true }));

function open(fileBytes?: number) {
  const found: { record: Omit<LoggedRecord, 'json'>; place: RecordPlace }[] = [];
  const log = openRecordLog({
    ...{ folder, retentionMs, nowMs: () => nowMs, onFound: (record, place) => found.push({ record, place }) },
    ...(fileBytes === undefined ? {} : { fileBytes }),
  });
  return { log, found };
}

const record = (sequence: number, json: string): LoggedRecord => ({
  ...{ stream: 'eu-west-1/users', shard: 1, sequence, arrivedAtMs: nowMs, json },
});

describe('record log', () => {
  it('gives a record back by its place, whatever letters it has', () => {
    const { log } = open();
    const places = log.append([record(1, '{"a":"Łódź 🙂"}'), record(2, '{}')]);
    expect(places.map((place) => log.read(place))).toEqual(['{"a":"Łódź 🙂"}', '{}']);
  });

  it('tells another process of what it finds', () => {
    open().log.append([record(1, '{"a":"ü"}'), record(2, '{"b":2}')]);
    const { log, found } = open();
    expect(found.map(({ record: { sequence, shard, stream } }) => ({ sequence, shard, stream }))).toEqual([
      { sequence: 1, shard: 1, stream: 'eu-west-1/users' },
      { sequence: 2, shard: 1, stream: 'eu-west-1/users' },
    ]);
    expect(found.map(({ place }) => log.read(place))).toEqual(['{"a":"ü"}', '{"b":2}']);
  });

  it('forgets the record in the middle of which its process was killed, and goes on after the one before', () => {
    open().log.append([record(1, '{"a":1}')]);
    appendFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'eu-west-1/users\t1\t2\t0\t{"tor');
    const again = open();
    expect(again.found).toHaveLength(1);
    const [place] = again.log.append([record(2, '{"b":2}')]);
    expect(place && again.log.read(place)).toBe('{"b":2}');
    expect(open().found.map(({ place: each }) => again.log.read(each))).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('removes the files whose records are all older than the retention', () => {
    const { log } = open(1);
    const [old] = log.append([record(1, '{"a":1}')]);
    nowMs = 500;
    const [young] = log.append([record(2, '{"b":2}')]);
    log.append([record(3, '{"c":3}')]);
    expect(log.trim()).toBe(old?.file);
    nowMs = retentionMs + 1;
    expect(log.trim()).toBe(young?.file);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(young && log.read(young)).toBe('{"b":2}');
  });
});
