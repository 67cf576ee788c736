import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStage, createApp } from '../build-stage.ts';
import { searchSetup } from '../constructs/search-setup.ts';
import { bundleAt, type FunctionBundles } from '../function-bundles.ts';
import { operatorFunction } from '../manifest.ts';
import type { House } from '../region-plan.ts';
import type { StageConfig } from '../stage-config.ts';
import { house } from './sample-stage.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [name: string]: unknown };
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Outputs?: {
    readonly [name: string]: { readonly Value: unknown; readonly Export?: { readonly Name: string } };
  };
  readonly Resources: { readonly [logicalId: string]: Resource };
}

export interface SynthesizedStage {
  /** By stack name without the stage, such as `data-eu-west-1`. */
  readonly templates: ReadonlyMap<string, Template>;
  /** Stacks that have to be deployed before each. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** Paths of the template files, for linters; they are removed with the stage. */
  readonly files: readonly string[];
  remove(): void;
}

/**
 * Synthesizes a stage as `npm run synth` does, with one made-up bundle in place of all.
 *
 * @throws what a rule of cdk-nag or CDK's check of templates finds
 */
export function synthesize(config: StageConfig, of: House = house): SynthesizedStage {
  const outdir = mkdtempSync(join(tmpdir(), 'tributary-synth-'));
  const app = createApp(outdir);
  buildStage(app, { config, house: of, bundles: madeUpBundles(join(outdir, 'functions'), of) });
  const { stacks } = app.synth();
  const prefix = `${config.name}-${config.stage}-`;
  const short = (stackName: string): string => stackName.replace(prefix, '');
  return {
    templates: new Map(stacks.map((stack) => [short(stack.stackName), readTemplate(stack.templateFullPath)] as const)),
    dependencies: new Map(
      stacks.map((stack) => [
        short(stack.stackName),
        stack.dependencies.map(({ id }) => short(id)).filter((id) => !id.endsWith('.assets')),
      ]),
    ),
    files: stacks.map((stack) => stack.templateFullPath),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
}

export function resourcesOf(
  stage: SynthesizedStage,
  stack: string,
  type: string,
): readonly (Resource & { id: string })[] {
  const template = stage.templates.get(stack);
  if (template === undefined) throw new Error(`There is no stack ${stack}; there is ${[...stage.templates.keys()]}.`);
  return Object.entries(template.Resources).flatMap(([id, resource]) =>
    resource.Type === type ? [{ id, ...resource }] : [],
  );
}

function madeUpBundles(folder: string, { registry: consumers }: House): FunctionBundles {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => ({ batchItemFailures: [] });\n');
  const bundle = bundleAt(folder);
  const others = [searchSetup.name, operatorFunction.name];
  return new Map([...consumers.map(({ name }) => name), ...others].map((name) => [name, bundle]));
}

function readTemplate(path: string): Template {
  return JSON.parse(readFileSync(path, 'utf8')) as Template;
}
