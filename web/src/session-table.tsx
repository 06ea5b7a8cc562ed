import { useCallback, useState } from "preact/hooks";
import { command } from "./api.ts";
import { Dialog, Failure, Form, Notice, Table, TextField } from "./controls.tsx";
import { useTexts } from "./i18n.ts";
import { useMay, usePresent } from "./session-context.ts";
import { fits, type SessionRow, splitJid } from "./session-row.ts";
import { useData, useInterval } from "./use-data.ts";

/** Milliseconds between two looks. */
const REFRESH = 4000;
/** Rows that are drawn; the filter finds the others. */
const MOST = 200;

interface SessionTableProps {
  /** Only those of this account. */
  readonly account?: string;
  readonly filter?: string;
  readonly empty: string;
}

type Wish = { readonly kind: "kick" | "message"; readonly jid: string };

export function SessionTable({ account, filter = "", empty }: SessionTableProps) {
  const { t } = useTexts();
  const [wish, setWish] = useState<Wish>();
  const [said, setSaid] = useState("");
  const sessions = useData(() => command<readonly SessionRow[]>("connected_users_info"), []);
  useInterval(sessions.reload, REFRESH);
  const done = useCallback(
    (text?: string) => {
      setWish(undefined);
      if (text === undefined) return;
      setSaid(text);
      sessions.reload();
    },
    [sessions.reload],
  );
  if (sessions.state === "loading") return <p>{t("app.loading")}</p>;
  if (sessions.state === "failed") return <Failure error={sessions.error} retry={sessions.reload} />;
  const all = sessions.value.filter(({ jid }) => account === undefined || jid.startsWith(`${account}/`));
  const found = all.filter((one) => fits(one, filter));
  return (
    <>
      {said !== "" && <Notice kind="done">{said}</Notice>}
      <p class="hint">{t("sessions.shown", { shown: Math.min(found.length, MOST), total: all.length })}</p>
      <Rows rows={found.slice(0, MOST)} empty={empty} wish={setWish} />
      {wish?.kind === "kick" && <Kick jid={wish.jid} done={done} />}
      {wish?.kind === "message" && <Message jid={wish.jid} done={done} />}
    </>
  );
}

interface RowsProps {
  readonly rows: readonly SessionRow[];
  readonly empty: string;
  readonly wish: (wish: Wish) => void;
}

function Rows({ rows, empty, wish }: RowsProps) {
  const { t, format } = useTexts();
  const may = useMay();
  return (
    <Table
      caption={t("sessions.title")}
      empty={empty}
      head={[
        t("sessions.jid"),
        t("sessions.status"),
        t("sessions.ip"),
        t("sessions.connection"),
        t("sessions.uptime"),
        t("sessions.actions"),
      ]}
      keys={rows.map(({ jid }) => jid)}
      rows={rows.map((one) => [
        one.jid,
        one.statustext === "" ? one.status : `${one.status}: ${one.statustext}`,
        one.ip,
        one.connection === "c2s_tls" ? "TLS" : one.connection,
        format.duration(one.uptime),
        <span key="actions" class="actions">
          {may("kick_session") && (
            <button
              type="button"
              aria-label={t("sessions.kick.title", { jid: one.jid })}
              onClick={() => wish({ kind: "kick", jid: one.jid })}
            >
              {t("sessions.kick")}
            </button>
          )}
          {may("send_message") && (
            <button
              type="button"
              aria-label={t("sessions.message.title", { jid: one.jid })}
              onClick={() => wish({ kind: "message", jid: one.jid })}
            >
              {t("sessions.message")}
            </button>
          )}
        </span>,
      ])}
    />
  );
}

interface ActionProps {
  readonly jid: string;
  /** With what is to be said when it was done. */
  readonly done: (text?: string) => void;
}

function Kick({ jid, done }: ActionProps) {
  const { t } = useTexts();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<Error>();
  const submit = (): void => {
    command("kick_session", { ...splitJid(jid), reason }).then(
      () => done(t("sessions.kicked", { jid })),
      setError,
    );
  };
  return (
    <Dialog title={t("sessions.kick.title", { jid })} close={done}>
      {error !== undefined && <Failure error={error} />}
      <Form submit={submit}>
        <TextField label={t("sessions.kick.reason")} value={reason} set={setReason} />
        <div class="bar">
          <button type="submit" class="danger">
            {t("sessions.kick")}
          </button>
          <button type="button" onClick={() => done()}>
            {t("app.cancel")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}

function Message({ jid, done }: ActionProps) {
  const { t } = useTexts();
  const { session } = usePresent();
  const [subject, setSubject] = useState("");
  const [body, setBody] = useState("");
  const [error, setError] = useState<Error>();
  const submit = (): void => {
    command("send_message", { type: "chat", from: session.account, to: jid, subject, body }).then(
      () => done(t("sessions.message.sent")),
      setError,
    );
  };
  return (
    <Dialog title={t("sessions.message.title", { jid })} close={done}>
      {error !== undefined && <Failure error={error} />}
      <Form submit={submit}>
        <p class="hint">
          {t("sessions.message.from")}: {session.account}
        </p>
        <TextField label={t("sessions.message.subject")} value={subject} set={setSubject} />
        <TextField label={t("sessions.message.body")} value={body} set={setBody} long required />
        <div class="bar">
          <button type="submit" class="main">
            {t("sessions.message.send")}
          </button>
          <button type="button" onClick={() => done()}>
            {t("app.cancel")}
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
