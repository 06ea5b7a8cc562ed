import { ask } from "./api.ts";
import { useTexts } from "./i18n.ts";
import type { RunningCall } from "./run-call.tsx";
import { useData } from "./use-data.ts";

interface CallSummary {
  readonly id: string;
  readonly command: string;
  readonly account: string;
  readonly since: number;
  readonly ended: boolean;
}

/** Commands that were begun on a page before, by whomever, and still run. */
export function RunningNow({ call }: { readonly call: RunningCall }) {
  const { t, format } = useTexts();
  const all = useData(() => ask<readonly CallSummary[]>("calls"), [call.state.phase]);
  if (all.state !== "ready") return null;
  const others = all.value.filter(({ id, ended }) => !ended && id !== call.state.id);
  if (others.length === 0) return null;
  return (
    <section>
      <h2>{t("run.others")}</h2>
      <ul>
        {others.map(({ id, command, account, since }) => (
          <li key={id}>
            {t("run.by", { command, account, time: format.clock(since) })}{" "}
            <button type="button" onClick={() => call.follow(id)}>
              {t("run.follow")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
