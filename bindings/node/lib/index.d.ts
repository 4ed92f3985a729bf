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
  /** An output of float16 or bfloat16 is a Float32Array, which holds the same numbers; of bool, a Uint8Array. */
  data: Elements;
  shape: number[];
}

/** Arrays of one length at each level. Integers may be bigints, and the elements of a `bool` tensor booleans. */
export type Nested = number[] | bigint[] | boolean[] | Nested[];

/** The features of one example by name. Keys that are no input are ignored. */
export type Value = number | bigint | boolean | string | Elements | NumericArray | Nested | null | undefined;
export type Row = Record<string, Value>;

/** The outputs of one row by name: a probability for each label if it is categorical. */
export type Output = number | bigint | string | Uint8Array | NumericArray | Record<string, number>;
/** Any type fits; `Deployment.open<Answer>` names one of your own in its place. */
export type Result = Record<string, any>;

export interface CallOptions {
  /** Cancels the call. */
  signal?: AbortSignal;
  /** Milliseconds after which the call ends: rounded up, and at least 1. Infinity is no limit. */
  timeout?: number;
}

export interface PredictOptions extends CallOptions {
  /**
   * "return": the result of a row whose values do not fit is its error, a SidekickError, a TypeError or a
   * RangeError, or what a getter of the row throws; the others are predicted. "throw" if it is left out.
   */
  errors?: "throw" | "return";
}

/** Settings of `predictEach`. The time limit holds for each batch. */
export interface EachOptions extends PredictOptions {
  /**
   * Rows that are taken and predicted together; 128 if it is left out. The deployment's own `batchRows` is the most
   * rows of a request: a larger batch is sent in several.
   */
  batchRows?: number;
  /** Batches at once; 4 if it is left out. Results come in the order of the rows all the same. */
  inFlight?: number;
}

/** Settings of a deployment. Times are milliseconds. */
export interface Options extends CallOptions {
  /** The most rows of a request; 128 if it is left out. */
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
  /** Files in PEM; a certificate with its key in one file needs no keyFile. */
  clientCertificate?: { certificateFile: string; keyFile?: string };
  dangerousSkipTlsVerification?: boolean;
  allowTokenOverHttp?: boolean;
  /** Also as a Map or Headers, or as a list of pairs. */
  headers?: Record<string, string> | Iterable<readonly [string, string]>;
  hostHeader?: string;
  userAgentSuffix?: string;
  proxy?: string;
  noProxy?: string;
  /** What the URL means, if it is left out. */
  protocol?: "deployment-api" | "open-inference";
  /** Tensors as bytes or as JSON; what the server prefers, if it is left out. */
  wire?: "binary" | "json";
  /** Labels, types and shapes that a model's metadata lack. */
  modelDescription?: string | object;
  modelDescriptionFile?: string;
  replyLimit?: number;
  maxImagePixels?: number;
  applyOrientation?: boolean;
  requestGzip?: boolean;
  replyGzip?: boolean;
}

/** One deployed model. Any number of calls can be made at once; those beyond the threads of libuv wait. */
export class Deployment<Answer = Result> {
  private constructor();
  /** Opens the deployment at a URL: asks the server what the model takes and returns. */
  static open<Answer = Result>(url: string, token?: string, options?: Options): Promise<Deployment<Answer>>;
  readonly inputs: readonly Feature[];
  readonly outputs: readonly Feature[];
  readonly protocol: "deployment-api" | "open-inference";
  /** Predicts rows: a result for each, in their order. */
  predict(rows: Iterable<Row>, options?: PredictOptions): Promise<Answer[]>;
  /** Predicts rows that need not fit in memory: yields a result for each, in their order. */
  predictEach(
    rows: Iterable<Row> | AsyncIterable<Row>,
    options?: EachOptions,
  ): AsyncGenerator<Answer, void, undefined>;
  /** Frees the deployment when its last call has ended. */
  close(): void;
}

/** What went wrong, in full. */
export class SidekickError extends Error {
  private constructor();
  /** One of the numbers of `Status`. Later versions may add some. */
  readonly status: number;
  /** The name of the status in `Status`. */
  readonly code: string;
  readonly httpStatus: number | null;
  readonly serverCode: string;
  readonly serverMessage: string;
  /** The row that it is about, counted from 0 over all rows. */
  readonly row: number | null;
  /** The first row of the request that failed, if it was one of rows. */
  readonly rowsFirst: number | null;
  /** How many rows that request had; 0 if it was none of rows. */
  readonly rowsCount: number;
  readonly feature: string | null;
  readonly attempts: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
}

/** What went wrong, by its name. */
export const Status: {
  readonly ARGUMENT: 1;
  readonly INTERNAL: 2;
  readonly MEMORY: 3;
  readonly FILE: 4;
  readonly STREAM_FULL: 5;
  readonly UNKNOWN_FEATURE: 10;
  readonly FEATURE_TYPE: 11;
  readonly FEATURE_SHAPE: 12;
  readonly FEATURE_VALUE: 13;
  readonly FEATURE_TWICE: 14;
  readonly ROW_INCOMPLETE: 15;
  readonly IMAGE: 16;
  readonly NPY: 17;
  readonly CONNECT: 20;
  readonly TLS: 21;
  readonly TIMEOUT: 22;
  readonly NETWORK: 23;
  readonly CANCELLED: 24;
  readonly HTTP: 30;
  readonly SERVER: 31;
  readonly DESCRIBE: 40;
  readonly REPLY_MALFORMED: 41;
  readonly REPLY_ROWS: 42;
  readonly REPLY_OUTPUT: 43;
  readonly REPLY_TYPE: 44;
  readonly REPLY_SHAPE: 45;
  readonly REPLY_ENCODING: 46;
  readonly REPLY_TOO_LARGE: 47;
};

/** The version of the library that is loaded. */
export function version(): string;
