/** The embedded Kinesis, a process of its own: `main.ts PORT FOLDER`. */
import { listenOnLoopback } from '../ports.ts';
import { createKinesisListener } from './listener.ts';
import { openStreams } from './streams.ts';

const [port, folder] = process.argv.slice(2);
if (port === undefined || folder === undefined) throw new Error('Usage: main.ts PORT FOLDER');
const streams = openStreams({ folder, nowMs: () => Date.now() });
await listenOnLoopback({ port: Number(port), listener: createKinesisListener(streams) });
