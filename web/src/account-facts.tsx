import { command } from "./api.ts";
import type { CommandForm } from "./command-form.ts";
import { Failure } from "./controls.tsx";
import { useTexts } from "./i18n.ts";
import { ResultView } from "./result-view.tsx";
import { usePresent } from "./session-context.ts";
import type { Key } from "./translate.ts";
import { useData } from "./use-data.ts";

/** Commands that say something about an account, each with the heading that it stands under. */
const FACTS: readonly (readonly [title: Key, command: string])[] = [
  ["user.last", "get_last"],
  ["user.pending", "get_offline_count"],
  ["user.pending", "get_offline_messages"],
  ["user.roster", "get_roster"],
];

interface Account {
  readonly user: string;
  readonly host: string;
}

/** What the server's commands say about an account, as far as it has them and they may be run. */
export function AccountFacts({ account, address }: { readonly account: Account; readonly address: string }) {
  const { commands } = usePresent();
  return (
    <>
      {FACTS.map(([title, name]) => {
        const form = commands.find((one) => one.name === name);
        return form && <Fact key={name} title={title} form={form} account={account} address={address} />;
      })}
    </>
  );
}

interface FactProps {
  readonly title: Key;
  readonly form: CommandForm;
  readonly account: Account;
  readonly address: string;
}

function Fact({ title, form, account, address }: FactProps) {
  const { t } = useTexts();
  const given = Object.fromEntries(
    form.args.map(({ name }) => [
      name,
      name === "user" || name === "localuser" ? account.user : account.host,
    ]),
  );
  const fact = useData(() => command<unknown>(form.name, given), [address]);
  return (
    <section>
      <h2>{t(title)}</h2>
      {fact.state === "failed" && <Failure error={fact.error} />}
      {fact.state === "ready" && <ResultView result={form.result} value={fact.value} />}
    </section>
  );
}
