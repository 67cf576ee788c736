import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunctions } from '../../local/bundle.ts';
import { buildStage, createApp } from '../build-stage.ts';
import { searchSetup } from '../constructs/search-setup.ts';
import { bundleAt, bundleForDeployment } from '../function-bundles.ts';
import { operatorFunction } from '../manifest.ts';
import type { StageConfig } from '../stage-config.ts';
import { probeHouse } from './probe-house.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Writes the templates of the stage of probes to `outdir`; answers the names of its stacks, first things first. */
export async function synthesizeProbes(config: StageConfig, outdir: string): Promise<readonly string[]> {
  rmSync(outdir, { recursive: true, force: true });
  const folder = join(outdir, 'functions');
  const names = probeHouse.registry.map(({ name }) => name);
  const [setup] = await Promise.all([
    bundleForDeployment([searchSetup.name, operatorFunction.name], folder),
    bundleFunctions({ names, outdir: folder, root }),
  ]);
  const probes = names.map((name) => [name, bundleAt(join(folder, name))] as const);
  const app = createApp(outdir);
  buildStage(app, { config, house: probeHouse, bundles: new Map([...setup, ...probes]) });
  return app.synth().stacks.map(({ stackName }) => stackName);
}
