import { Notice, Table } from "./controls.tsx";
import { useTexts } from "./i18n.ts";

/** What taking a configuration does, as the server says it. */
export interface ChangePlan {
  readonly changes: readonly {
    readonly option: string;
    readonly from?: unknown;
    readonly to?: unknown;
    readonly effect: "now" | "new-sessions" | "restart";
  }[];
  readonly opens: readonly string[];
  readonly closes: readonly string[];
  readonly staying: number;
  readonly ending: number;
  readonly warnings: readonly string[];
}

function shown(value: unknown): string {
  if (value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

export function PlanView({ plan }: { readonly plan: ChangePlan }) {
  const { t } = useTexts();
  const { changes, opens, closes, staying, ending, warnings } = plan;
  const restart = changes.filter(({ effect }) => effect === "restart").map(({ option }) => option);
  if (changes.length + opens.length + closes.length === 0) return <p>{t("configuration.nothing")}</p>;
  return (
    <section aria-live="polite">
      <h2>{t("configuration.plan")}</h2>
      <Table
        caption={t("configuration.sessions", { staying, ending })}
        empty=""
        head={[
          t("configuration.option"),
          t("configuration.from"),
          t("configuration.to"),
          t("configuration.effect"),
        ]}
        rows={changes.map(({ option, from, to, effect }) => [
          option,
          shown(from),
          shown(to),
          t(`configuration.effect.${effect}`),
        ])}
      />
      {opens.length > 0 && (
        <p>
          {t("configuration.opens")}: {opens.join(", ")}
        </p>
      )}
      {closes.length > 0 && (
        <p>
          {t("configuration.closes")}: {closes.join(", ")}
        </p>
      )}
      {restart.length > 0 && (
        <Notice kind="problem">
          {t("configuration.restart")} <code>{restart.join(", ")}</code>
        </Notice>
      )}
      {warnings.map((warning) => (
        <Notice key={warning} kind="problem">
          {warning}
        </Notice>
      ))}
    </section>
  );
}
