import { App, Aws, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { assertSound } from '../shared/runtime/registry-rules.ts';
import { searchSetup } from './constructs/search-setup.ts';
import type { FunctionBundles } from './function-bundles.ts';
import { ObservabilityStack } from './observability/observability-stack.ts';
import { type House, planRegion, type RegionPlan } from './region-plan.ts';
import { ConsumersStack } from './stacks/consumers-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { FoundationStack } from './stacks/foundation-stack.ts';
import type { StageConfig } from './stage-config.ts';
import { assertValid } from './validate-config.ts';

export interface StageParts {
  readonly config: StageConfig;
  readonly house: House;
  /** Of every function of the registry, and of the search set-up. */
  readonly bundles: FunctionBundles;
}

/** The stacks of one region, in the order in which they are deployed; its alarms come last. */
interface RegionStacks {
  readonly plan: RegionPlan;
  readonly foundation: FoundationStack;
  readonly data: DataStack;
  readonly consumers: ConsumersStack;
}

/** An app whose templates depend on nothing but the sources. */
export function createApp(outdir: string): App {
  return new App({
    outdir,
    analyticsReporting: false,
    treeMetadata: false,
    context: {
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      // Access logs are delivered by a policy of their bucket; lists of permissions are closed on new buckets.
      '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
      '@aws-cdk/aws-sns-subscriptions:restrictSqsDescryption': true,
    },
  });
}

/**
 * All stacks of a stage. Between regions there is order, and no reference: what one needs of the other it names.
 *
 * @throws {FatalConfigError} naming what is wrong with the table or a consumer
 * @throws {ConfigError} naming every field that cannot be deployed
 */
export function buildStage(app: App, parts: StageParts): void {
  const { config, house } = parts;
  assertSound(house);
  assertValid(config, house);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const regions = config.regions.map((region) => buildRegion(app, region, parts));
  for (const { plan, consumers } of regions) {
    const otherPlan = regions.find((each) => each.plan !== plan)?.plan;
    const observability = new ObservabilityStack(app, plan.names.stack('observability'), {
      ...stackProps(plan, 'observability', 'alarms and dashboards'),
      plan,
      account: Aws.ACCOUNT_ID,
      ...(otherPlan === undefined ? {} : { otherPlan }),
    });
    observability.addStackDependency(consumers);
  }
  const [home, away] = regions;
  if (home !== undefined && away !== undefined) orderRegions(config, { home, away });
}

function orderRegions(
  { replication, table }: StageConfig,
  { home, away }: Record<'home' | 'away', RegionStacks>,
): void {
  // Functions write to the other region's table.
  home.consumers.addStackDependency(away.data);
  away.consumers.addStackDependency(home.data);
  if (replication !== 'global-table' || table.kind === 'import') return;
  // The home region makes the table of both, and connects it to the streams of both.
  home.data.addStackDependency(away.foundation);
  away.data.addStackDependency(home.data);
}

function stackProps({ config, names, region }: RegionPlan, thing: string, description: string) {
  return {
    stackName: names.stack(thing),
    description: `${config.name} ${config.stage}: ${description}`,
    env: { region },
    terminationProtection: config.removal === 'retain',
  };
}

function buildRegion(app: App, region: string, { config, house, bundles }: StageParts): RegionStacks {
  const place = { region, account: Aws.ACCOUNT_ID, partition: Aws.PARTITION };
  const plan = planRegion(config, { house, place });
  const props = (thing: string, description: string) => ({ ...stackProps(plan, thing, description), plan, place });
  const foundation = new FoundationStack(
    app,
    plan.names.stack('foundation'),
    props('foundation', 'the Kinesis stream of changes and the network of the search domain'),
  );
  const network = foundation.network === undefined ? {} : { network: foundation.network };
  const setupBundle = bundles.get(searchSetup.name);
  if (setupBundle === undefined) throw new Error(`There is no bundle of functions/${searchSetup.name}.`);
  const data = new DataStack(app, plan.names.stack('data'), {
    ...props('data', 'tables, buckets, queues and the search domain'),
    setupBundle,
    ...network,
  });
  const consumers = new ConsumersStack(app, plan.names.stack('consumers'), {
    ...props('consumers', 'functions, mappings and schedules'),
    bundles,
    data,
    ...network,
  });
  data.addStackDependency(foundation);
  consumers.addStackDependency(data);
  return { plan, foundation, data, consumers };
}
