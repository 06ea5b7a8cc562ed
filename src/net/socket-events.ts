import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** Who is told what happens on a socket. */
export interface SocketOwner {
  received(chunk: Buffer): void;
  peerEnded(): void;
  fail(error: Error): void;
  handshakeDone(): void;
  /** The socket is closed; the last event. */
  finished(): void;
}

const OWNER = Symbol("owner");

/** A socket knows its owner, so that all sockets share these listeners: a closure for each would double the memory of an idle connection. */
interface Owned {
  [OWNER]: SocketOwner;
}

function onData(this: Owned, chunk: Buffer): void {
  this[OWNER].received(chunk);
}
function onEnd(this: Owned): void {
  this[OWNER].peerEnded();
}
function onError(this: Owned, error: Error): void {
  this[OWNER].fail(error);
}
function onSecure(this: Owned): void {
  this[OWNER].handshakeDone();
}
function onClose(this: Owned): void {
  this[OWNER].finished();
}

/** Errors go to the owner from now on, and nowhere else. */
export function adopt(socket: Socket, owner: SocketOwner): void {
  (socket as unknown as Owned)[OWNER] = owner;
  socket.on("error", onError);
}

/** Starts reading. */
export function listen(socket: Socket): void {
  socket.on("data", onData).on("end", onEnd).on("close", onClose);
}

/** Undoes `listen` and stops reading. */
export function unlisten(socket: Socket): void {
  socket.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onClose);
  socket.pause();
}

export function listenForTls(socket: TLSSocket): void {
  socket.on("secure", onSecure);
  // Errors of TLS itself reach "error" only on sockets that a tls.Server has made.
  socket.on("_tlsError", onError);
}
