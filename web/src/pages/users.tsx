import { useState } from "preact/hooks";
import { command } from "../api.ts";
import { ChoiceField, Dialog, Failure, Form, Heading, Link, Notice, Table, TextField } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { useMay, usePresent } from "../session-context.ts";
import { useData } from "../use-data.ts";
import { useLater } from "../use-later.ts";

interface UserRow {
  readonly user: string;
  readonly sessions: number;
  readonly marks: readonly string[];
}

const PAGE = 50;

export function UsersPage() {
  const { t } = useTexts();
  const { session } = usePresent();
  const may = useMay();
  const [host, setHost] = useState(session.hosts[0]!);
  const [text, setText] = useState("");
  /** The last names of the pages before this one. */
  const [before, setBefore] = useState<readonly string[]>([]);
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState("");
  const search = useLater(text);
  const after = before.at(-1) ?? "";
  const page = useData(
    () => command<readonly UserRow[]>("find_users", { host, search, after, limit: PAGE }),
    [host, search, after],
  );
  const begin = (set: (value: string) => void) => (value: string) => {
    setBefore([]);
    set(value);
  };
  return (
    <>
      <Heading>{t("users.title")}</Heading>
      {created !== "" && <Notice kind="done">{t("users.created", { user: created })}</Notice>}
      <search class="bar">
        <TextField label={t("users.search")} type="search" value={text} set={begin(setText)} />
        {session.hosts.length > 1 && (
          <ChoiceField
            label={t("users.host")}
            value={host}
            set={begin(setHost)}
            choices={session.hosts.map((one) => [one, one])}
          />
        )}
        {may("register") && (
          <button type="button" class="main" onClick={() => setCreating(true)}>
            {t("users.create")}
          </button>
        )}
      </search>
      {creating && (
        <NewUser
          host={host}
          close={(user) => {
            setCreating(false);
            if (user === undefined) return;
            setCreated(user);
            page.reload();
          }}
        />
      )}
      {page.state === "loading" && <p>{t("app.loading")}</p>}
      {page.state === "failed" && <Failure error={page.error} retry={page.reload} />}
      {page.state === "ready" && (
        <>
          <Total host={host} turn={created} />
          <UserTable host={host} rows={page.value} />
          <Pager
            before={before}
            set={setBefore}
            next={page.value.length === PAGE ? page.value.at(-1)!.user : undefined}
          />
        </>
      )}
    </>
  );
}

function Total({ host, turn }: { readonly host: string; readonly turn: string }) {
  const { t } = useTexts();
  const may = useMay();
  const total = useData(
    () =>
      may("stats_host")
        ? command<number>("stats_host", { name: "registeredusers", host })
        : Promise.resolve(undefined),
    [host, turn],
  );
  if (total.state !== "ready" || total.value === undefined) return null;
  return (
    <p>
      {host}: {t("users.total", { count: total.value })}
    </p>
  );
}

function UserTable({ host, rows }: { readonly host: string; readonly rows: readonly UserRow[] }) {
  const { t, format } = useTexts();
  const mark = (one: string): string =>
    one === "administrator" || one === "banned" ? t(`mark.${one}`) : one;
  return (
    <Table
      caption={t("users.title")}
      head={[t("users.name"), t("users.sessions"), t("users.marks")]}
      keys={rows.map(({ user }) => user)}
      empty={t("users.none")}
      rows={rows.map(({ user, sessions, marks }) => [
        <Link key={user} to={["users", `${user}@${host}`]}>
          {user}
        </Link>,
        sessions === 0 ? "" : format.number(sessions),
        marks.map(mark).join(", "),
      ])}
    />
  );
}

interface PagerProps {
  readonly before: readonly string[];
  readonly set: (before: readonly string[]) => void;
  readonly next: string | undefined;
}

function Pager({ before, set, next }: PagerProps) {
  const { t } = useTexts();
  if (before.length === 0 && next === undefined) return null;
  return (
    <div class="bar">
      <button type="button" disabled={before.length === 0} onClick={() => set([])}>
        {t("users.first")}
      </button>
      <button type="button" disabled={before.length === 0} onClick={() => set(before.slice(0, -1))}>
        {t("users.previous")}
      </button>
      <button
        type="button"
        disabled={next === undefined}
        onClick={() => next !== undefined && set([...before, next])}
      >
        {t("users.next")}
      </button>
    </div>
  );
}

interface NewUserProps {
  readonly host: string;
  /** With the address of the new user, or without when there is none. */
  readonly close: (user?: string) => void;
}

function NewUser({ host, close }: NewUserProps) {
  const { t } = useTexts();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<Error>();
  const submit = (): void => {
    command("register", { user, host, password }).then(() => close(`${user}@${host}`), setError);
  };
  return (
    <Dialog title={t("users.create")} close={() => close()}>
      {error !== undefined && <Failure error={error} />}
      <Form submit={submit}>
        <TextField
          label={`${t("users.name")} (@${host})`}
          value={user}
          set={setUser}
          autocomplete="off"
          required
        />
        <TextField
          label={t("login.password")}
          type="password"
          value={password}
          set={setPassword}
          autocomplete="new-password"
          required
        />
        <div class="bar">
          <button type="submit" class="main">
            {t("users.create.submit")}
          </button>
          <button type="button" onClick={() => close()}>
            {t("app.cancel")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
