import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  ResourceNotFoundException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './value.ts';

const clientFault = { $fault: 'client', $metadata: { httpStatusCode: 400, attempts: 1, totalRetryDelay: 0 } } as const;

/** DynamoDB's answer to a request that can never succeed. The SDK has no class of its own for it. */
export class ValidationException extends DynamoDBServiceException {
  constructor(message: string) {
    super({ name: 'ValidationException', message, ...clientFault });
    Object.setPrototypeOf(this, ValidationException.prototype);
  }
}

/** DynamoDB's answer to JSON that is of another shape than its protocol. The SDK has no class of its own for it. */
export class SerializationException extends DynamoDBServiceException {
  constructor(message: string) {
    super({ name: 'SerializationException', message, ...clientFault });
    Object.setPrototypeOf(this, SerializationException.prototype);
  }
}

export function conditionalCheckFailed(item: Item | undefined): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    ...clientFault,
    ...(item === undefined ? {} : { Item: item }),
  });
}

export function tableNotFound(tableName: string | undefined): ResourceNotFoundException {
  return new ResourceNotFoundException({
    message: `Requested resource not found: Table: ${tableName} not found`,
    ...clientFault,
  });
}

export function transactionCanceled(reasons: CancellationReason[]): TransactionCanceledException {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    ...clientFault,
    CancellationReasons: reasons,
  });
}

export function idempotentParameterMismatch(): IdempotentParameterMismatchException {
  return new IdempotentParameterMismatchException({
    Message: 'The parameters of the request are not those of the earlier request with this token',
    message: 'The parameters of the request are not those of the earlier request with this token',
    ...clientFault,
  });
}
