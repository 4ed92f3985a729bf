/** What a model takes or returns. */
export interface Feature {
  readonly name: string;
  readonly type: "numeric" | "categorical" | "binary" | "text" | "image" | "bytes" | "unknown";
  /** The shape for one row; a size that each row has its own of is null. */
  readonly shape: readonly (number | null)[];
  /** The type of the elements; null for categorical, text, image and bytes features. */
  readonly dtype: string | null;
  /** Whether a row may leave it out. */
  readonly optional: boolean;
  /** The labels of a categorical or binary feature. */
  readonly categories?: readonly string[];
}

export type Elements =
  | Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | BigInt64Array
  | Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

export interface NumericArray {
  data: Elements;
  shape: number[];
}

export type Nested = number[] | Nested[];

/** The features of one example by name. Keys that are no input are ignored. */
export type Value = number | bigint | boolean | string | Elements | NumericArray | Nested | null | undefined;
export type Row = Record<string, Value>;

/** The outputs of one row by name: a probability for each label if it is categorical. */
export type Output = number | bigint | string | Uint8Array | NumericArray | Record<string, number>;
export type Result = Record<string, any>;

export interface CallOptions {
  /** Cancels the call. */
  signal?: AbortSignal;
  /** Milliseconds after which the call ends. */
  timeout?: number;
}

/** Settings of a deployment. Times are milliseconds. */
export interface Options extends CallOptions {
  batchRows?: number;
  maxInFlight?: number;
  /** The result of a row that the server refuses is its error, and the others are predicted. */
  isolateBadRows?: boolean;
  isolateStatus500?: boolean;
  connectTimeout?: number;
  responseTimeout?: number;
  callTimeout?: number;
  retries?: number;
  caFile?: string;
  dangerousSkipTlsVerification?: boolean;
  allowTokenOverHttp?: boolean;
  headers?: Record<string, string>;
  hostHeader?: string;
  userAgentSuffix?: string;
  proxy?: string;
  noProxy?: string;
  /** 0: what the URL means, 1: the Deployment API, 2: the Open Inference Protocol. */
  protocol?: 0 | 1 | 2;
  /** 0: what the server prefers, 1: binary tensors, 2: JSON. */
  wire?: 0 | 1 | 2;
  /** Labels, types and shapes that a model's metadata lack. */
  modelDescription?: string | object;
  modelDescriptionFile?: string;
  replyLimit?: number;
  maxImagePixels?: number;
  applyOrientation?: boolean;
  requestGzip?: boolean;
  replyGzip?: boolean;
}

/** One deployed model. Any number of calls can run at once. */
export class Deployment {
  private constructor();
  /** Opens the deployment at a URL: asks the server what the model takes and returns. */
  static open(url: string, token?: string, options?: Options): Promise<Deployment>;
  readonly inputs: readonly Feature[];
  readonly outputs: readonly Feature[];
  readonly protocol: "deployment-api" | "open-inference";
  /** Predicts rows: a result for each, in their order. */
  predict(rows: Iterable<Row>, options?: CallOptions): Promise<Result[]>;
  /** Frees the deployment when its last call has ended. */
  close(): void;
}

/** What went wrong, in full. */
export class SidekickError extends Error {
  private constructor();
  /** One of the SIDEKICK_ERROR_ constants of sidekick.h. */
  readonly status: number;
  readonly httpStatus: number | null;
  readonly serverCode: string;
  readonly serverMessage: string;
  readonly row: number | null;
  readonly feature: string | null;
  readonly attempts: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
}

/** The version of the library that is loaded. */
export function version(): string;
