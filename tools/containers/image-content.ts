import { createHash } from 'node:crypto';
import { runCommand } from '../../local/engines/processes/run-command.ts';

/** A name for what an image is made of. */
export function digestOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** The digest that an image on this machine bears, or undefined when there is no such image. */
export async function contentOf(image: string): Promise<string | undefined> {
  const format = '{{index .Config.Labels "tributary.content"}}';
  const said = await runCommand('docker', ['image', 'inspect', '--format', format, image]).catch(() => undefined);
  return said?.trim();
}
