/** The data directory cannot be used as it is. The message says what is wrong and what to do, for whoever starts the server. */
export class DataDirectoryError extends Error {
  /** What is stored cannot be read or is not whole: starting again changes nothing. */
  readonly damaged: boolean;

  constructor(message: string, options: ErrorOptions & { readonly damaged?: boolean } = {}) {
    super(message, options);
    this.name = "DataDirectoryError";
    this.damaged = options.damaged ?? false;
  }
}
