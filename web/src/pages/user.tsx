import { useState } from "preact/hooks";
import { AccountFacts } from "../account-facts.tsx";
import { command } from "../api.ts";
import { Failure, Form, Heading, Link, Notice, TextField } from "../controls.tsx";
import type { PageProps } from "../frame.tsx";
import { useTexts } from "../i18n.ts";
import { navigate } from "../route.ts";
import { useMay, usePresent } from "../session-context.ts";
import { SessionTable } from "../session-table.tsx";
import { useData } from "../use-data.ts";
import { VcardFacts } from "../vcard-facts.tsx";

interface Account {
  readonly user: string;
  readonly host: string;
}

function split(address: string): Account {
  const at = address.lastIndexOf("@");
  return { user: address.slice(0, at), host: address.slice(at + 1) };
}

export function UserPage({ route }: PageProps) {
  const { t } = useTexts();
  const address = route[1]!;
  const account = split(address);
  const { session } = usePresent();
  const known = useData(() => command<number>("check_account", account), [address]);
  const origins = session.administrators.find((one) => one.account === address)?.origins ?? [];
  return (
    <>
      <p>
        <Link to={["users"]}>← {t("user.back")}</Link>
      </p>
      <Heading>{address}</Heading>
      {origins.map((origin) => (
        <p key={origin} class="hint">
          {t(origin === "stored" ? "user.administrator.stored" : "user.administrator.configuration")}
        </p>
      ))}
      {known.state === "failed" && <Failure error={known.error} retry={known.reload} />}
      {known.state === "ready" && known.value !== 0 && <Notice kind="problem">{t("user.missing")}</Notice>}
      {known.state === "ready" && known.value === 0 && <Sections account={account} address={address} />}
    </>
  );
}

interface SectionProps {
  readonly account: Account;
  readonly address: string;
}

function Sections(props: SectionProps) {
  const { t } = useTexts();
  const may = useMay();
  return (
    <>
      {may("connected_users_info") && (
        <section>
          <h2>{t("user.sessions")}</h2>
          <SessionTable account={props.address} empty={t("user.nosessions")} />
        </section>
      )}
      <AccountFacts {...props} />
      <VcardFacts {...props} />
      {may("change_password") && <Password {...props} />}
      {may("ban_account") && <Ban {...props} />}
      {may("unregister") && <Delete {...props} />}
    </>
  );
}

function Password({ account }: SectionProps) {
  const { t } = useTexts();
  const [password, setPassword] = useState("");
  const [result, setResult] = useState<Error | "done">();
  const submit = (): void => {
    command("change_password", { ...account, newpass: password }).then(() => {
      setPassword("");
      setResult("done");
    }, setResult);
  };
  return (
    <section>
      <h2>{t("user.password")}</h2>
      {result === "done" && <Notice kind="done">{t("user.password.done")}</Notice>}
      {result instanceof Error && <Failure error={result} />}
      <Form submit={submit}>
        <TextField
          label={t("user.newpassword")}
          type="password"
          value={password}
          set={setPassword}
          autocomplete="new-password"
          required
        />
        <button type="submit">{t("user.password.submit")}</button>
      </Form>
    </section>
  );
}

interface BanDetails {
  readonly reason?: string;
  readonly bandate?: string;
}

function Ban({ account, address }: SectionProps) {
  const { t } = useTexts();
  const may = useMay();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<Error>();
  const details = useData(
    () =>
      may("get_ban_details")
        ? command<readonly { readonly name: string; readonly value: string }[]>("get_ban_details", account)
        : Promise.resolve([]),
    [address],
  );
  const act = (name: string, args: object): void => {
    command(name, args).then(() => {
      setError(undefined);
      details.reload();
    }, setError);
  };
  const ban: BanDetails =
    details.state === "ready"
      ? Object.fromEntries(details.value.map(({ name, value }) => [name, value]))
      : {};
  return (
    <section>
      <h2>{t("user.ban")}</h2>
      {error !== undefined && <Failure error={error} />}
      {ban.bandate !== undefined ? (
        <>
          <p>{t("user.banned", { date: ban.bandate, reason: ban.reason ?? "" })}</p>
          <button type="button" onClick={() => act("unban_account", account)}>
            {t("user.unban")}
          </button>
        </>
      ) : (
        <Form submit={() => act("ban_account", { ...account, reason })}>
          <TextField label={t("user.ban.reason")} value={reason} set={setReason} />
          <button type="submit">{t("user.ban.submit")}</button>
        </Form>
      )}
    </section>
  );
}

function Delete({ account, address }: SectionProps) {
  const { t } = useTexts();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<Error>();
  const submit = (): void => {
    if (typed === address) command("unregister", account).then(() => navigate(["users"]), setError);
  };
  return (
    <section>
      <h2>{t("user.delete")}</h2>
      <p>{t("user.delete.intro")}</p>
      {error !== undefined && <Failure error={error} />}
      <Form submit={submit}>
        <TextField
          label={t("user.delete.confirm", { user: address })}
          value={typed}
          set={setTyped}
          autocomplete="off"
        />
        <button type="submit" class="danger" disabled={typed !== address}>
          {t("user.delete.submit")}
        </button>
      </Form>
    </section>
  );
}
