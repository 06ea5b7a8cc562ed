import { useState } from "preact/hooks";
import { command } from "../api.ts";
import { Chart } from "../chart.tsx";
import { Heading, Notice, Table } from "../controls.tsx";
import { type Figures, ratesOf } from "../figures.ts";
import { useTexts } from "../i18n.ts";
import { useMay } from "../session-context.ts";
import { useData } from "../use-data.ts";
import { useLive } from "../use-live.ts";

/** Figures come every two seconds: three minutes of them. */
const KEPT = 91;

export function OverviewPage() {
  const { t } = useTexts();
  const [history, setHistory] = useState<readonly Figures[]>([]);
  const connected = useLive<Figures>("figures", (one) => setHistory((all) => [...all, one].slice(-KEPT)));
  return (
    <>
      <Heading>{t("overview.title")}</Heading>
      {!connected && history.length > 0 && <Notice kind="problem">{t("overview.lost")}</Notice>}
      {history.length === 0 ? <p>{t("app.loading")}</p> : <Boards history={history} />}
    </>
  );
}

function Boards({ history }: { readonly history: readonly Figures[] }) {
  const { t, format } = useTexts();
  const may = useMay();
  const users = useData(
    () => (may("stats") ? command<number>("stats", { name: "registeredusers" }) : Promise.resolve(undefined)),
    [],
  );
  const now = history.at(-1)!;
  const rates = ratesOf(history);
  const last = rates.at(-1);
  const board = (name: string, values: readonly number[], shown: string) => (
    <div class="board" key={name}>
      <h2>{name}</h2>
      <p class="figure">{shown}</p>
      <Chart label={t("overview.chart", { name, value: shown })} values={values} />
    </div>
  );
  const took = now.commitTime;
  return (
    <>
      <div class="boards">
        {board(
          t("overview.sessions"),
          history.map(({ sessions }) => sessions),
          format.number(now.sessions),
        )}
        {board(
          t("overview.messages"),
          rates.map(({ messages }) => messages),
          format.number(last?.messages ?? 0),
        )}
        {board(
          t("overview.stanzas"),
          rates.map(({ stanzas }) => stanzas),
          format.number(last?.stanzas ?? 0),
        )}
        {board(
          t("overview.memory"),
          history.map(({ memory }) => memory),
          format.megabytes(now.memory),
        )}
        {board(
          t("overview.cpu"),
          rates.map(({ cpu }) => cpu),
          `${format.number(last?.cpu ?? 0)} %`,
        )}
        {board(
          t("overview.loop"),
          history.map(({ loopDelay }) => loopDelay),
          format.milliseconds(now.loopDelay),
        )}
        {board(
          t("overview.committime"),
          history.map(({ commitTime }) => commitTime ?? 0),
          took === undefined ? "–" : format.milliseconds(took),
        )}
        {board(
          t("overview.commits"),
          rates.map(({ commits }) => commits),
          format.number(last?.commits ?? 0),
        )}
        <div class="board">
          <h2>{t("overview.uptime")}</h2>
          <p class="figure">{format.duration(now.uptimeSeconds)}</p>
          {users.state === "ready" && users.value !== undefined && (
            <>
              <h2>{t("overview.users")}</h2>
              <p class="figure">{format.number(users.value)}</p>
            </>
          )}
        </div>
      </div>
      <Table
        caption={t("overview.outcomes")}
        head={[t("overview.outcome"), t("overview.count"), t("overview.rate")]}
        empty=""
        rows={Object.entries(now.outcomes).map(([outcome, count]) => [
          outcome,
          format.number(count),
          format.number(last?.outcomes[outcome] ?? 0),
        ])}
      />
      <p class="hint">{t("overview.since")}</p>
    </>
  );
}
