/** Why a port cannot be opened, in a sentence that says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: string;
  /** What the port was for, once somebody who knows it has said so. */
  service: string | undefined = undefined;

  constructor(address: string, port: number, code: string) {
    super(sentence(address, port, code));
    this.code = code;
  }
}

function sentence(address: string, port: number, code: string): string {
  const where = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} on ${address} is in use by another program (or by a second Tercet). Stop that program ("ss -ltnp" shows which it is), or choose another port in tercet.yml, under \`listen\`.`;
    case "EACCES":
    case "EPERM":
      return `The user that runs the server may not open ${where}: ports below 1024 need a privilege. Choose a port from 1024 on, or give the service CAP_NET_BIND_SERVICE.`;
    case "EADDRNOTAVAIL":
      return `No network interface of this machine has the address ${address}. Choose one that "ip address" shows, or 0.0.0.0 or :: for all.`;
    case "EAFNOSUPPORT":
      return `This machine has no IPv6, so ${where} cannot be opened. Use an IPv4 address, or 0.0.0.0 for all of them.`;
    case "EINVAL":
      return `${address} is not an IP address that can be listened on. Write one like 127.0.0.1, 0.0.0.0, ::1 or ::.`;
    case "EMFILE":
    case "ENFILE":
      return `${where} cannot be opened because too many files are open. Raise the limit (ulimit -n, or LimitNOFILE in the service file).`;
    default:
      return `${where} cannot be opened (${code}).`;
  }
}
