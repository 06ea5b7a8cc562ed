import { useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../api.ts";
import { Failure, Heading, Notice } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { around, diffLines } from "../line-diff.ts";
import { type ChangePlan, PlanView } from "../plan-view.tsx";
import { useMay } from "../session-context.ts";
import { useData } from "../use-data.ts";
import { useLater } from "../use-later.ts";
import { type Problem, YamlEditor } from "../yaml-editor.tsx";
import type { Schema } from "../yaml-place.ts";

interface ConfigurationFile {
  readonly file?: string;
  readonly text: string;
  readonly version: string;
}

/** What the server says to a text. */
type Verdict =
  | { readonly kind: "plan"; readonly plan: ChangePlan }
  | { readonly kind: "refused"; readonly problems: readonly Problem[]; readonly restart: readonly string[] }
  | { readonly kind: "conflict" }
  | { readonly kind: "failed"; readonly error: Error };

interface Refusal {
  readonly problems: readonly Problem[];
  readonly restart: readonly string[];
}

function verdictOf(error: unknown): Verdict {
  if (!(error instanceof ApiError)) return { kind: "failed", error: error as Error };
  if (error.status === 409) return { kind: "conflict" };
  if (error.status === 422) return { kind: "refused", ...(error.body as Refusal) };
  return { kind: "failed", error };
}

export function ConfigurationPage() {
  const { t } = useTexts();
  const file = useData(() => ask<ConfigurationFile>("configuration"), []);
  const [applied, setApplied] = useState(false);
  return (
    <>
      <Heading>{t("configuration.title")}</Heading>
      {file.state === "failed" && <Failure error={file.error} retry={file.reload} />}
      {file.state === "ready" &&
        (file.value.file === undefined ? (
          <p>{t("configuration.none")}</p>
        ) : (
          <Editing
            key={file.value.version}
            file={file.value}
            again={file.reload}
            applied={applied}
            setApplied={setApplied}
          />
        ))}
    </>
  );
}

interface EditingProps {
  readonly file: ConfigurationFile;
  readonly again: () => void;
  /** The text that is here was applied. */
  readonly applied: boolean;
  readonly setApplied: (applied: boolean) => void;
}

/** One version of the file; the next one is another. */
function Editing({ file, again, applied, setApplied }: EditingProps) {
  const { t } = useTexts();
  const may = useMay();
  const [text, setText] = useState(file.text);
  const [verdict, setVerdict] = useState<Verdict>();
  const schema = useData(() => ask<Schema>("schema"), []);
  const later = useLater(text);
  const changed = text !== file.text;
  useEffect(() => {
    if (later === file.text) return setVerdict(undefined);
    let current = true;
    const settle = (next: Verdict): void => {
      if (current) setVerdict(next);
    };
    ask<ChangePlan>("plan", { text: later }).then(
      (plan) => settle({ kind: "plan", plan }),
      (error: unknown) => settle(verdictOf(error)),
    );
    return () => {
      current = false;
    };
  }, [later, file.text]);
  const apply = (): void => {
    ask<ChangePlan>("configuration", { text, version: file.version }).then(
      () => {
        setApplied(true);
        again();
      },
      (error: unknown) => setVerdict(verdictOf(error)),
    );
  };
  // While somebody writes, what was wrong before may stand elsewhere.
  const problems = verdict?.kind === "refused" && later === text ? verdict.problems : [];
  return (
    <>
      <p>
        {t("configuration.file")}: <code>{file.file}</code>
      </p>
      <YamlEditor
        label={t("configuration.editor")}
        text={text}
        set={(one) => {
          setApplied(false);
          setText(one);
        }}
        problems={problems}
        schema={schema.state === "ready" ? schema.value : undefined}
      />
      {applied && <Notice kind="done">{t("configuration.applied")}</Notice>}
      <VerdictView verdict={verdict} again={again} />
      <div class="bar">
        {may("reload_config") && (
          <button
            type="button"
            class="main"
            // What is being checked still is not applied.
            disabled={!changed || later !== text || verdict?.kind !== "plan"}
            onClick={apply}
          >
            {t("configuration.apply")}
          </button>
        )}
        <button type="button" disabled={!changed} onClick={() => setText(file.text)}>
          {t("configuration.reset")}
        </button>
      </div>
      {changed && <Difference before={file.text} after={later} />}
    </>
  );
}

function VerdictView({
  verdict,
  again,
}: {
  readonly verdict: Verdict | undefined;
  readonly again: () => void;
}) {
  const { t } = useTexts();
  if (verdict === undefined) return null;
  switch (verdict.kind) {
    case "plan":
      return <PlanView plan={verdict.plan} />;
    case "refused":
      return verdict.restart.length === 0 ? null : (
        <Notice kind="problem">
          {t("configuration.restart")} <code>{verdict.restart.join(", ")}</code>
        </Notice>
      );
    case "conflict":
      return (
        <Notice kind="problem">
          {t("configuration.conflict")}{" "}
          <button type="button" onClick={again}>
            {t("configuration.reread")}
          </button>
        </Notice>
      );
    case "failed":
      return <Failure error={verdict.error} />;
  }
}

const SIGNS = { same: " ", added: "+", removed: "−" } as const;

function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const { t } = useTexts();
  const lines = around(diffLines(before, after), 2);
  return (
    <section>
      <h2>{t("configuration.diff")}</h2>
      <pre class="diff">
        {lines.map(({ kind, text, line }) => (
          <div key={`${kind}${line}`} class={kind}>
            {SIGNS[kind]} {text}
          </div>
        ))}
      </pre>
    </section>
  );
}
