export type { DiscardCondition } from './batch-run.ts';
export { type Clock, realClock } from './clock.ts';
export type * from './event.ts';
export type { FailureDelivery, MessageDelivery, S3Delivery } from './failure-document.ts';
export type { FilterCriteria } from './filters/filter-criteria.ts';
export { type FilterProblem, InvalidFilterError } from './filters/invalid-filter.ts';
export { matchFilter, validateFilter } from './filters/match-filter.ts';
export type { FunctionError, InvocationContext, InvocationOutcome, Invoke } from './invocation.ts';
export type { MappingDescription, MappingState } from './lifecycle/mapping-description.ts';
export {
  type CreateMapping,
  MappingService,
  type MappingServiceOptions,
  type UpdateMapping,
} from './lifecycle/mapping-service.ts';
export { MappingServiceError, type ServiceErrorName } from './lifecycle/service-error.ts';
export { InvalidMappingError } from './mapping-config.ts';
export type { MappingSettings } from './mapping-settings.ts';
export type { MappingMetrics } from './metrics.ts';
export type { MappingActivity, ObservedActivity, Observer } from './observer.ts';
export { filePositions, UnreadablePositionsError } from './positions/file-positions.ts';
export { memoryPositions } from './positions/memory-positions.ts';
export type { OpenWindow, PositionStore, Positions, ShardPosition } from './positions/position-store.ts';
export { type DestinationRecord, destinationRecord, type KinesisDestination } from './records/destination-data.ts';
export type { StreamViewType, TableChange } from './records/table-change.ts';
export type { Deliver } from './session.ts';
export { type Exercise, exerciseHandler } from './simulation/exercise-handler.ts';
export type { FaultChances, SimulatedFaults, TimedFault } from './simulation/faults.ts';
export { simulateMapping } from './simulation/simulate-mapping.ts';
export type { SimulatedContext, SimulatedFunction, SimulatedHandler } from './simulation/simulated-function.ts';
export type { SimulatedRecord, SimulatedShard, StreamedData } from './simulation/simulated-shard.ts';
export type { SimulationOptions } from './simulation/simulation-options.ts';
export type { SimulatedInvocation, SimulationEnd, Transcript } from './simulation/transcript.ts';
export type { Source, SourcePage, SourceRecord, SourceShard, StartPoint } from './source.ts';
export {
  type DynamoDbOrigin,
  type DynamoDbStreamsClient,
  dynamoDbRecord,
  dynamoDbStreamsSource,
  type RawStreamRecord,
} from './sources/dynamodb-streams.ts';
export {
  type KinesisOrigin,
  type KinesisStreamClient,
  kinesisRecord,
  kinesisSource,
  type RawKinesisRecord,
} from './sources/kinesis.ts';
export { type MemorySource, memorySource } from './sources/memory-source.ts';
export { type MappingOptions, type RunningMapping, startMapping } from './start-mapping.ts';
export type { MappingStatus, ShardPhase, ShardStatus } from './status.ts';
export type { Tuning } from './tuning.ts';
export type { Verdict } from './verdict.ts';
export { type VirtualClock, virtualClock } from './virtual-clock.ts';
