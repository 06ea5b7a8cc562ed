/** The data directory cannot be used as it is. The message says what is wrong and what to do, for whoever starts the server. */
export class DataDirectoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataDirectoryError";
  }
}
