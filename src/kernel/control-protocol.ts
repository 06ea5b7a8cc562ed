// What `tercetctl` and the server say to each other over the control socket: one request a connection, JSON, one object a line.

/** Name of the socket within the data directory. */
export const CONTROL_SOCKET = "control.sock";

/** Bytes of a request with its newline. */
export const LARGEST_REQUEST: number = 256 * 1024;

export interface ControlRequest {
  /** The command and its arguments. */
  readonly words: readonly string[];
  readonly json: boolean;
  /** Stands for the argument `host` of a command that has one and is called without it. */
  readonly host?: string | undefined;
  /** ejabberd's API version whose signature is meant. */
  readonly version?: number | undefined;
  /** There is somebody at a terminal who can be asked for a password. */
  readonly terminal: boolean;
  /** Passwords were asked for already: "-" is one. */
  readonly asked: boolean;
  /** Working directory of the caller. */
  readonly directory?: string | undefined;
}

/** The caller shall get a password and send the request again with it, in this place of `words`, and `asked`. */
export interface Question {
  readonly word: number;
  readonly from: "terminal" | "input";
  readonly prompt: string;
  /** Ask twice. */
  readonly confirm: boolean;
}

/**
 * Notes for standard error and lines of progress for standard output come first; then a question or the end. What comes after the end is nothing but the close of the connection,
 * which the caller waits for.
 */
export type ControlAnswer =
  | { readonly note: string }
  | { readonly line: string; readonly goesOn?: true }
  | { readonly ask: Question }
  | { readonly out: string; readonly exit: number };
