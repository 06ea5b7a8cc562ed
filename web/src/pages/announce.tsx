import { useEffect, useState } from "preact/hooks";
import { command } from "../api.ts";
import { ChoiceField, Dialog, Form, Heading, Notice, TextField } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { CallProgress, type RunningCall, useCall } from "../run-call.tsx";
import { RunningNow } from "../running-now.tsx";
import { useMay, usePresent } from "../session-context.ts";
import { useData } from "../use-data.ts";

const KINDS = ["stop", "restart", "evacuate"] as const;
type Kind = (typeof KINDS)[number];

export function AnnouncePage() {
  const { t } = useTexts();
  const may = useMay();
  const kinds = KINDS.filter((kind) => may(`${kind}_kindly`));
  const audiences = AUDIENCES.filter((audience) => may(`announce_send_${audience}`));
  const call = useCall();
  return (
    <>
      <Heading>{t("announce.title")}</Heading>
      <RunningNow call={call} />
      {audiences.length > 0 && <Announcement audiences={audiences} />}
      {kinds.length > 0 && <Kindly kinds={kinds} call={call} />}
    </>
  );
}

/** Which command it is that sends. */
const AUDIENCES = ["online", "all"] as const;
type Audience = (typeof AUDIENCES)[number];

function Announcement({ audiences }: { readonly audiences: readonly Audience[] }) {
  const { t } = useTexts();
  const { session } = usePresent();
  const [subject, setSubject] = useState("");
  const [body, setBody] = useState("");
  const [host, setHost] = useState("all");
  const [audience, setAudience] = useState<Audience>(audiences[0]!);
  const call = useCall();
  const running = call.state.phase === "running" || call.state.phase === "cancelling";
  return (
    <section>
      <h2>{t("announce.send")}</h2>
      <Form submit={() => call.run(`announce_send_${audience}`, { host, subject, body })}>
        <ChoiceField
          label={t("announce.to")}
          value={audience}
          set={(value) => setAudience(audiences.find((one) => one === value) ?? audience)}
          choices={audiences.map((one) => [one, t(`announce.to.${one}`)])}
        />
        {session.hosts.length > 1 && (
          <ChoiceField
            label={t("users.host")}
            value={host}
            set={setHost}
            choices={[["all", t("announce.all")], ...session.hosts.map((one) => [one, one] as const)]}
          />
        )}
        <TextField label={t("sessions.message.subject")} value={subject} set={setSubject} />
        <TextField label={t("announce.text")} value={body} set={setBody} long required />
        <button type="submit" class="main" disabled={running}>
          {t("announce.submit")}
        </button>
      </Form>
      <CallProgress call={call} />
      {call.state.phase === "done" && <Notice kind="done">{t("announce.sent")}</Notice>}
    </section>
  );
}

function Kindly({ kinds, call }: { readonly kinds: readonly Kind[]; readonly call: RunningCall }) {
  const { t } = useTexts();
  const [kind, setKind] = useState<Kind>(kinds[0]!);
  const [delay, setDelay] = useState("60");
  const [text, setText] = useState("");
  const [asking, setAsking] = useState(false);
  const running = call.state.phase === "running" || call.state.phase === "cancelling";
  return (
    <section>
      <h2>{t("announce.stop")}</h2>
      <p>{t("announce.stop.intro")}</p>
      <Form submit={() => setAsking(true)}>
        <ChoiceField
          label={t("announce.what")}
          value={kind}
          set={(value) => setKind(kinds.find((one) => one === value) ?? kind)}
          choices={kinds.map((one) => [one, t(`announce.what.${one}`)])}
        />
        <TextField label={t("announce.delay")} type="number" value={delay} set={setDelay} required />
        <TextField label={t("announce.text")} value={text} set={setText} long required />
        <button type="submit" class="danger" disabled={running}>
          {t("announce.begin")}
        </button>
      </Form>
      {asking && (
        <Confirm
          close={(yes) => {
            setAsking(false);
            if (yes) call.run(`${kind}_kindly`, { delay: Number(delay), announcement: text });
          }}
        />
      )}
      {running && <Countdown seconds={Number(delay)} />}
      <CallProgress call={call} />
      {(call.state.phase === "cut" || (call.state.phase === "done" && kind !== "evacuate")) && <Stopped />}
    </section>
  );
}

/** Milliseconds between two looks whether the server is there again. */
const LOOK = 2000;

function Stopped() {
  const { t } = useTexts();
  useEffect(() => {
    const timer = setInterval(() => {
      // While it stops it says 503, and then nothing.
      fetch("/admin/api/session").then(
        ({ status }) => status !== 503 && location.reload(),
        () => {},
      );
    }, LOOK);
    return () => clearInterval(timer);
  }, []);
  return <Notice kind="done">{t("announce.stopped")}</Notice>;
}

function Confirm({ close }: { readonly close: (yes: boolean) => void }) {
  const { t } = useTexts();
  const count = useData(() => command<number>("connected_users_number"), []);
  return (
    <Dialog title={t("announce.stop")} close={() => close(false)}>
      <p>{t("announce.confirm", { count: count.state === "ready" ? count.value : 0 })}</p>
      <div class="bar">
        <button type="button" class="danger" onClick={() => close(true)}>
          {t("announce.begin")}
        </button>
        <button type="button" onClick={() => close(false)}>
          {t("app.cancel")}
        </button>
      </div>
    </Dialog>
  );
}

function Countdown({ seconds }: { readonly seconds: number }) {
  const { t } = useTexts();
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = performance.now() + seconds * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000))), 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return (
    <>
      <p class="figure" role="timer">
        {t("announce.countdown", { seconds: left })}
      </p>
      <progress max={Math.max(1, seconds)} value={seconds - left} />
    </>
  );
}
