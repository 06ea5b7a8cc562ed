import { useState } from "preact/hooks";
import { ask, type SessionInfo } from "../api.ts";
import { Failure, Form, Heading, Notice, TextField } from "../controls.tsx";
import { useTexts } from "../i18n.ts";

interface LoginProps {
  readonly over: boolean;
  readonly enter: (session: SessionInfo) => void;
}

export function LoginPage({ over, enter }: LoginProps) {
  const { t } = useTexts();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      enter(await ask<SessionInfo>("login", { user, password }));
    } catch (problem) {
      setError(problem as Error);
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="alone">
      <p class="brand">{t("app.name")}</p>
      <Heading>{t("login.title")}</Heading>
      {over && error === undefined && <Notice kind="done">{t("login.over")}</Notice>}
      {error !== undefined && <Failure error={error} />}
      <Form submit={() => void submit()}>
        <TextField
          label={t("login.user")}
          value={user}
          set={setUser}
          autocomplete="username"
          placeholder="admin@example.org"
          required
        />
        <TextField
          label={t("login.password")}
          type="password"
          value={password}
          set={setPassword}
          autocomplete="current-password"
          required
        />
        <button type="submit" class="main" disabled={busy}>
          {t("login.submit")}
        </button>
      </Form>
    </main>
  );
}
