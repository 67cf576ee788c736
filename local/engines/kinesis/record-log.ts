/**
 * Keeps records in files, one after the other, and gives them back by their place: memory holds some bytes for each,
 * whatever its size. A write is with the system before it is acknowledged, so that it outlives the process, though not
 * the machine. The oldest file goes when all that is in it is older than the retention.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface LoggedRecord {
  /** `REGION/STREAM`. */
  readonly stream: string;
  readonly shard: number;
  readonly sequence: number;
  readonly arrivedAtMs: number;
  /** As the API gives it back. */
  readonly json: string;
}

export interface RecordPlace {
  /** Files are numbered in the order of their records. */
  readonly file: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface RecordLog {
  append(records: readonly LoggedRecord[]): readonly RecordPlace[];
  read(place: RecordPlace): string;
  /** Removes what is too old; answers the first file that is left. */
  trim(): number;
}

export interface RecordLogOptions {
  readonly folder: string;
  readonly retentionMs: number;
  readonly nowMs: () => number;
  /** Told of every record that is in the folder already, in order. */
  readonly onFound: (record: Omit<LoggedRecord, 'json'>, place: RecordPlace) => void;
  /** @default 32 MiB */
  readonly fileBytes?: number;
}

interface LogFile {
  readonly number: number;
  readonly path: string;
  readonly descriptor: number;
  bytes: number;
  lastArrivedAtMs: number;
}

const newline = 0x0a;
const suffix = '.records';
/** A name of 128 characters with its region, and three numbers. */
const longestLead = 256;

/** @throws {Error} when the folder cannot be read or written. */
export function openRecordLog(options: RecordLogOptions): RecordLog {
  const { folder, retentionMs, nowMs, fileBytes = 32 * 1024 * 1024 } = options;
  const files = new Map<number, LogFile>();
  const add = (number: number): LogFile => {
    const path = join(folder, `${String(number).padStart(9, '0')}${suffix}`);
    const file = { number, path, descriptor: openSync(path, 'a+'), bytes: 0, lastArrivedAtMs: nowMs() };
    files.set(number, file);
    return file;
  };
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  for (const name of names.sort()) recover(add(Number(name.slice(0, -suffix.length))), options);
  let current = [...files.values()].at(-1) ?? add(1);
  return {
    append(records) {
      if (current.bytes >= fileBytes) current = add(current.number + 1);
      const lines = records.map((record) => toLine(record));
      const places = lines.map(({ bytes, lead }) => {
        const place = { file: current.number, offset: current.bytes + lead, bytes: bytes - lead - 1 };
        current.bytes += bytes;
        return place;
      });
      writeAll(current.descriptor, lines.map(({ text }) => text).join(''));
      current.lastArrivedAtMs = nowMs();
      return places;
    },
    read: ({ file, offset, bytes }) => {
      const descriptor = files.get(file)?.descriptor;
      if (descriptor === undefined) throw new Error(`The file ${file} of the records has been trimmed.`);
      const buffer = Buffer.allocUnsafe(bytes);
      if (readSync(descriptor, buffer, 0, bytes, offset) !== bytes) throw new Error(`The file ${file} is too short.`);
      return buffer.toString();
    },
    trim() {
      for (const file of files.values()) {
        if (file === current || file.lastArrivedAtMs > nowMs() - retentionMs) return file.number;
        closeSync(file.descriptor);
        unlinkSync(file.path);
        files.delete(file.number);
      }
      return current.number;
    },
  };
}

/** Fields are parted by tabs, which JSON writes as `\t`, and which names of streams do not have. */
function toLine({ stream, shard, sequence, arrivedAtMs, json }: LoggedRecord) {
  const lead = `${stream}\t${shard}\t${sequence}\t${arrivedAtMs}\t`;
  const text = `${lead}${json}\n`;
  return { text, bytes: Buffer.byteLength(text), lead: lead.length };
}

function writeAll(descriptor: number, text: string): void {
  const buffer = Buffer.from(text);
  for (let written = 0; written < buffer.length; ) written += writeSync(descriptor, buffer, written);
}

/** A line without an end was never acknowledged: its process was killed while it wrote. */
function recover(file: LogFile, { onFound }: RecordLogOptions): void {
  const content = readFileSync(file.path);
  for (let end = content.indexOf(newline); end !== -1; end = content.indexOf(newline, file.bytes)) {
    const start = content.toString('latin1', file.bytes, Math.min(end, file.bytes + longestLead));
    const [stream = '', shard, sequence, arrivedAt] = start.split('\t', 4);
    const lead = `${stream}\t${shard}\t${sequence}\t${arrivedAt}\t`.length;
    const place = { file: file.number, offset: file.bytes + lead, bytes: end - file.bytes - lead };
    file.lastArrivedAtMs = Number(arrivedAt);
    onFound({ stream, shard: Number(shard), sequence: Number(sequence), arrivedAtMs: file.lastArrivedAtMs }, place);
    file.bytes = end + 1;
  }
  ftruncateSync(file.descriptor, file.bytes);
}
