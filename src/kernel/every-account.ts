import { Jid } from "../xmpp/jid.ts";

type Page = (
  host: string,
  page: { readonly after?: string; readonly limit: number },
) => Promise<readonly string[]>;

const PAGE = 1000;

/** The accounts of these hosts, or whatever else has such a list of local parts, page by page: what is added behind the page at hand is seen too. */
export async function* everyAccount(list: Page, hosts: readonly string[]): AsyncIterable<Jid> {
  for (const domain of hosts) {
    for (let after: string | undefined; ; ) {
      const page = await list(domain, after === undefined ? { limit: PAGE } : { after, limit: PAGE });
      for (const local of page) yield Jid.of(local, domain)!;
      after = page.at(-1);
      if (page.length < PAGE) break;
    }
  }
}
