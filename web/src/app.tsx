import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, ask, type SessionInfo, useSession } from "./api.ts";
import type { CommandForm } from "./command-form.ts";
import { Failure } from "./controls.tsx";
import { Frame } from "./frame.tsx";
import { keepLanguage, preferredLanguage, TextsContext, textsOf } from "./i18n.ts";
import { LoginPage } from "./pages/login.tsx";
import { SetupPage } from "./pages/setup.tsx";
import { navigate, useRoute } from "./route.ts";
import { type Present, PresentContext } from "./session-context.ts";
import type { Language } from "./translate.ts";

type State =
  | { readonly kind: "asking" }
  | { readonly kind: "out"; readonly over: boolean }
  | { readonly kind: "in"; readonly present: Present }
  | { readonly kind: "failed"; readonly error: Error };

export function App() {
  const [lang, setLang] = useState(preferredLanguage);
  const texts = useMemo(() => textsOf(lang), [lang]);
  const choose = useCallback((one: Language) => {
    keepLanguage(one);
    setLang(one);
  }, []);
  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);
  return (
    <TextsContext.Provider value={texts}>
      <Inside choose={choose} />
    </TextsContext.Provider>
  );
}

function Inside({ choose }: { readonly choose: (lang: Language) => void }) {
  const route = useRoute();
  const [state, setState] = useState<State>({ kind: "asking" });
  const enter = useCallback(async (session: SessionInfo) => {
    useSession(session, () => setState({ kind: "out", over: true }));
    try {
      const commands = await ask<readonly CommandForm[]>("commands");
      setState({ kind: "in", present: { session, commands } });
    } catch (error) {
      setState({ kind: "failed", error: error as Error });
    }
  }, []);
  const begin = useCallback(() => {
    ask<SessionInfo>("session").then(enter, (error: Error) => {
      const out = error instanceof ApiError && error.status === 401;
      setState(out ? { kind: "out", over: false } : { kind: "failed", error });
    });
  }, [enter]);
  useEffect(begin, [begin]);
  if (route[0] === "setup")
    return (
      <SetupPage
        enter={(session) => {
          navigate([]);
          void enter(session);
        }}
      />
    );
  switch (state.kind) {
    case "asking":
      return null;
    case "failed":
      return (
        <main class="alone">
          <Failure error={state.error} retry={begin} />
        </main>
      );
    case "out":
      return <LoginPage over={state.over} enter={enter} />;
    case "in":
      return (
        <PresentContext.Provider value={state.present}>
          <Frame route={route} choose={choose} leave={() => setState({ kind: "out", over: false })} />
        </PresentContext.Provider>
      );
  }
}
