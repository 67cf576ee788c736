import { Stack, type StackProps } from 'aws-cdk-lib';
import { CfnCompositeAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { usersAffected } from '../../shared/runtime/alarm-catalogue.ts';
import type { RegionPlan } from '../region-plan.ts';
import { alarmInstances } from './alarm-instances.ts';
import { createAlarm, describe } from './create-alarm.ts';
import { consumersDashboard } from './dashboards/consumers.ts';
import { overview } from './dashboards/overview.ts';
import { regionsDashboard } from './dashboards/regions.ts';

export interface ObservabilityProps extends StackProps {
  readonly plan: RegionPlan;
  /** Of the stage's other region, for the dashboard that shows both. */
  readonly otherPlan?: RegionPlan;
  readonly account: string;
}

/**
 * Alarms and dashboards of one region, all of them from the catalogue and what runs there; alarms of mappings are with
 * their mappings. It refers to nothing of other stacks but by name.
 */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id, props);
    const { plan, otherPlan, account } = props;
    const instances = alarmInstances(plan, account);
    const visible = instances
      .map((instance) => ({ instance, alarm: createAlarm(this, instance, plan) }))
      .filter(({ instance }) => instance.definition.userVisible);
    const topic = plan.names.topicArn(plan.names.alarmTopic);
    const composite = new CfnCompositeAlarm(this, 'UsersAffected', {
      alarmName: plan.names.alarm(usersAffected.name),
      alarmDescription: describe(usersAffected.name, usersAffected, plan),
      alarmRule: visible.map(({ instance }) => `ALARM("${instance.alarmName}")`).join(' OR '),
      alarmActions: [topic],
      okActions: [topic],
    });
    for (const { alarm } of visible) composite.addResourceDependency(alarm);
    this.#dashboard('overview', plan, overview(plan, instances));
    this.#dashboard('consumers', plan, consumersDashboard(plan));
    if (plan.isHome && otherPlan !== undefined) {
      this.#dashboard('regions', plan, regionsDashboard([plan, otherPlan]));
    }
  }

  #dashboard(thing: string, { names }: RegionPlan, body: object): void {
    const dashboardBody = this.toJsonString(body);
    new CfnDashboard(this, `Dashboard-${thing}`, { dashboardName: names.dashboard(thing), dashboardBody });
  }
}
