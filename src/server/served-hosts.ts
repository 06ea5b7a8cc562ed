import type { HostList } from "../kernel/router.ts";

/** The hosts of this moment: everybody who asks for them asks here. */
export class ServedHosts implements HostList {
  #list: readonly string[] = [];
  #set: ReadonlySet<string> = new Set();

  constructor(list: readonly string[]) {
    this.use(list);
  }

  get list(): readonly string[] {
    return this.#list;
  }

  has(domain: string): boolean {
    return this.#set.has(domain);
  }

  use(list: readonly string[]): void {
    this.#list = list;
    this.#set = new Set(list);
  }
}
