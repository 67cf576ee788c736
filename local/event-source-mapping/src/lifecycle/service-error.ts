export type ServiceErrorName =
  | 'InvalidParameterValueException'
  | 'ValidationException'
  | 'ResourceConflictException'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException';

const STATUS: Record<ServiceErrorName, number> = {
  InvalidParameterValueException: 400,
  ValidationException: 400,
  ResourceConflictException: 409,
  ResourceInUseException: 400,
  ResourceNotFoundException: 404,
};

/** A call that Lambda's API would refuse: `name` and `message` as it says them, `reason` what to do about it. */
export class MappingServiceError extends Error {
  override readonly name: ServiceErrorName;
  readonly statusCode: number;
  readonly reason: string;

  constructor(name: ServiceErrorName, message: string, reason: string = message) {
    super(message);
    this.name = name;
    this.statusCode = STATUS[name];
    this.reason = reason;
  }
}
