import type { createLaptopAlarms } from '../../local/alarms/start-alarms.ts';
import type { Pipeline } from '../../local/pipeline/start-pipeline.ts';

/** What `npm start` serves beside the engines, and the note by which commands find it. */
export async function startPages(
  pipeline: Pipeline,
  alarms: ReturnType<typeof createLaptopAlarms>,
  cleanup: AsyncDisposableStack,
): Promise<{ readonly console: string; readonly control: string }> {
  // Not before the test has said where the note goes.
  const [{ startConsole }, { createConsoleSource }, { startControl }, { announce, noteOf, withdraw }] =
    await Promise.all([
      import('../../console/server.ts'),
      import('../../local/console-source.ts'),
      import('../../local/control/start-control.ts'),
      import('../../local/running-pipeline.ts'),
    ]);
  const watching = alarms.watch(pipeline);
  cleanup.defer(async () => watching.stop());
  const { createPortAllocator } = await import('../../local/engines/ports.ts');
  const web = await startConsole(createConsoleSource(pipeline, alarms.views), await createPortAllocator().take(0));
  cleanup.defer(() => web.stop());
  const control = await startControl(pipeline, alarms.views);
  cleanup.defer(() => control.stop());
  announce({ ...noteOf(pipeline), controlUrl: control.url });
  cleanup.defer(async () => withdraw());
  return { console: web.url, control: control.url };
}

/** Every page and route, with what each answers to mistakes as well. */
export async function* readPages(at: { readonly console: string; readonly control: string }) {
  const pages = [
    ...['/', '/console.js', '/console.css', '/api/state', '/nothing'].map((path) => ['console', path] as const),
    ...['', 'qznamezq', 'ada'].map((words) => ['console', `/api/search?q=${words}`] as const),
    ['console', '/api/search?q=qzmailzq&region=us-east-1'] as const,
    ...['/alarms', '/mappings', '/nothing'].map((path) => ['control', path] as const),
  ];
  for (const [server, path] of pages) {
    yield { place: `${server} ${path.split('?')[0]}`, content: await (await fetch(`${at[server]}${path}`)).text() };
  }
  for (const path of ['/mappings/eu-west-1/archive', '/mappings/nowhere/nobody']) {
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{"state":"running"}', '{"state":"qzmailzq"}', 'qzmailzq']) {
      const answer = await fetch(`${at.control}${path}`, { method: 'PUT', headers, body });
      yield { place: 'control PUT', content: await answer.text() };
    }
  }
}
