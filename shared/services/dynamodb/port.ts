import type {
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';

/**
 * The part of DynamoDB that sinks use, in the shapes of the AWS SDK, so that every condition expression of a protocol
 * runs unchanged on the twin. Errors are the SDK's, told apart by `name`
 * (`ConditionalCheckFailedException`, `TransactionCanceledException` with `CancellationReasons`, ...).
 */
export interface DynamoDb {
  getItem(input: GetItemCommandInput): Promise<Data<GetItemCommandOutput>>;
  putItem(input: PutItemCommandInput): Promise<Data<PutItemCommandOutput>>;
  updateItem(input: UpdateItemCommandInput): Promise<Data<UpdateItemCommandOutput>>;
  deleteItem(input: DeleteItemCommandInput): Promise<Data<DeleteItemCommandOutput>>;
  query(input: QueryCommandInput): Promise<Data<QueryCommandOutput>>;
  scan(input: ScanCommandInput): Promise<Data<ScanCommandOutput>>;
  batchWriteItem(input: BatchWriteItemCommandInput): Promise<Data<BatchWriteItemCommandOutput>>;
  transactWriteItems(input: TransactWriteItemsCommandInput): Promise<Data<TransactWriteItemsCommandOutput>>;
}

type Data<Output> = Omit<Output, '$metadata'>;
