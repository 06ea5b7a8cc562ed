import type { OwnersPage } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";

interface Domain<V> {
  readonly owners: Map<string, { readonly owner: Jid; value: V }>;
  /** Local parts in order; undefined until somebody pages through them, and again after a change. */
  sorted: readonly string[] | undefined;
}

/** Ascending order of code points; `<` on strings compares UTF-16 units, which puts U+10000 before U+E000. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Values by owner (the resource of an owner does not matter), and the owners of a domain in order. */
export class OwnerTable<V> {
  readonly #domains = new Map<string, Domain<V>>();

  get(owner: Jid): V | undefined {
    return this.#domains.get(owner.domain)?.owners.get(owner.local)?.value;
  }

  set(owner: Jid, value: V): void {
    let domain = this.#domains.get(owner.domain);
    if (domain === undefined) {
      domain = { owners: new Map(), sorted: undefined };
      this.#domains.set(owner.domain, domain);
    }
    const row = domain.owners.get(owner.local);
    if (row !== undefined) {
      row.value = value;
      return;
    }
    domain.owners.set(owner.local, { owner: owner.bare, value });
    domain.sorted = undefined;
  }

  delete(owner: Jid): void {
    const domain = this.#domains.get(owner.domain);
    if (!domain?.owners.delete(owner.local)) return;
    domain.sorted = undefined;
    if (domain.owners.size === 0) this.#domains.delete(owner.domain);
  }

  /** Puts back what `get` returned before a change. */
  restore(owner: Jid, before: V | undefined): void {
    if (before === undefined) this.delete(owner);
    else this.set(owner, before);
  }

  page(page: OwnersPage): Jid[] {
    const domain = this.#domains.get(page.domain);
    if (domain === undefined) return [];
    domain.sorted ??= [...domain.owners.keys()].sort(byCodePoint);
    const start = page.after === undefined ? 0 : firstAfter(domain.sorted, page.after);
    return domain.sorted.slice(start, start + page.limit).map((local) => domain.owners.get(local)!.owner);
  }

  count(domain: string): number {
    return this.#domains.get(domain)?.owners.size ?? 0;
  }
}

function firstAfter(sorted: readonly string[], after: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byCodePoint(sorted[middle]!, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
