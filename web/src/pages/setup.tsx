import { useState } from "preact/hooks";
import { ApiError, ask, type SessionInfo } from "../api.ts";
import { Failure, Form, Heading, Link, Notice, TextField } from "../controls.tsx";
import { useTexts } from "../i18n.ts";

/** What stands behind the # of the link; it never goes to the server as a part of an address. */
const token = location.hash.slice(1);

export function SetupPage({ enter }: { readonly enter: (session: SessionInfo) => void }) {
  const { t } = useTexts();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const differ = again !== "" && password !== again;
  const submit = async (): Promise<void> => {
    if (password !== again) return;
    setBusy(true);
    setError(undefined);
    try {
      enter(await ask<SessionInfo>("setup", { token, user, password }));
    } catch (problem) {
      setError(problem as Error);
    } finally {
      setBusy(false);
    }
  };
  if (token === "" || (error instanceof ApiError && error.status === 404)) return <Gone />;
  return (
    <main class="alone">
      <p class="brand">{t("app.name")}</p>
      <Heading>{t("setup.title")}</Heading>
      <p>{t("setup.intro")}</p>
      {error !== undefined && <Failure error={error} />}
      <Form submit={() => void submit()}>
        <TextField
          label={t("setup.name")}
          hint={t("setup.name.hint")}
          value={user}
          set={setUser}
          autocomplete="username"
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
        <TextField
          label={t("setup.again")}
          type="password"
          value={again}
          set={setAgain}
          autocomplete="new-password"
          error={differ ? t("setup.differ") : undefined}
          required
        />
        <button type="submit" class="main" disabled={busy || differ}>
          {t("setup.submit")}
        </button>
      </Form>
    </main>
  );
}

function Gone() {
  const { t } = useTexts();
  return (
    <main class="alone">
      <Heading>{t("setup.title")}</Heading>
      <Notice kind="problem">{t("setup.gone")}</Notice>
      <p>
        <Link to={[]}>{t("setup.tologin")}</Link>
      </p>
    </main>
  );
}
