import { chooseStage } from '../../infra/choose-stage.ts';
import { stages } from '../../infra/config.ts';
import { ConfigError } from '../../infra/config-error.ts';
import { namesOf } from '../../infra/names.ts';
import { OperatorError } from '../../shared/operations/target.ts';

/** What the Kinesis streams of a deployed stage are called, by region. @throws {OperatorError} for no such stage */
export function stageStreamNames(stage: string): readonly { readonly region: string; readonly name: string }[] {
  try {
    const config = chooseStage(stages, stage);
    return config.regions.map((region) => {
      const place = { region, account: '', partition: 'aws' };
      return { region, name: namesOf(config, place).kinesisStream };
    });
  } catch (error) {
    if (error instanceof ConfigError) throw new OperatorError(error.message);
    throw error;
  }
}
