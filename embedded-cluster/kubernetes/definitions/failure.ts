/** The API's refusals, as the `Status` objects that a real API server answers with. */

export type FailureReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Expired'
  | 'UnsupportedMediaType'
  | 'Invalid'
  | 'TooManyRequests'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'Timeout';

const FAILURE_CODES: Record<FailureReason, number> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
};

export interface FailureCause {
  reason: string;
  message: string;
  field?: string;
}

export interface FailureDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: FailureCause[];
  retryAfterSeconds?: number;
}

/** Thrown by everything behind the API front; the front turns it into a response. */
export class ApiFailure extends Error {
  readonly reason: FailureReason;
  readonly details: FailureDetails | undefined;

  constructor(reason: FailureReason, message: string, details?: FailureDetails) {
    super(message);
    this.reason = reason;
    this.details = details;
  }

  get code(): number {
    return FAILURE_CODES[this.reason];
  }
}

export function unknownResource(): ApiFailure {
  return new ApiFailure('NotFound', 'the server could not find the requested resource');
}

export function methodNotAllowed(): ApiFailure {
  return new ApiFailure(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );
}
