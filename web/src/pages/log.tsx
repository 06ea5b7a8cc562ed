import { useState } from "preact/hooks";
import { command } from "../api.ts";
import { ChoiceField, Heading, Notice, TextField } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { fieldsOf, isShown, LEVELS, type LogLine } from "../log-line.ts";
import { useMay } from "../session-context.ts";
import { useData } from "../use-data.ts";
import { useLive } from "../use-live.ts";

/** Lines that a page keeps, and those that it draws. */
const KEPT = 2000;
const DRAWN = 300;

export function LogPage() {
  const { t } = useTexts();
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [paused, setPaused] = useState<readonly LogLine[]>();
  const [level, setLevel] = useState("debug");
  const [search, setSearch] = useState("");
  const connected = useLive<Omit<LogLine, "number">>("log", (line) =>
    setLines((all) => [...all, { ...line, number: (all.at(-1)?.number ?? 0) + 1 } as LogLine].slice(-KEPT)),
  );
  const found = (paused ?? lines).filter((line) => isShown(line, level, search));
  return (
    <>
      <Heading>{t("log.title")}</Heading>
      {!connected && lines.length > 0 && <Notice kind="problem">{t("log.lost")}</Notice>}
      <search class="bar">
        <ChoiceField
          label={t("log.level")}
          value={level}
          set={setLevel}
          choices={LEVELS.map((one) => [one, one])}
        />
        <TextField label={t("log.search")} type="search" value={search} set={setSearch} />
        <button
          type="button"
          aria-pressed={paused !== undefined}
          onClick={() => setPaused(paused === undefined ? lines : undefined)}
        >
          {paused === undefined ? t("log.pause") : t("log.resume")}
        </button>
        <ServerLevel />
      </search>
      <Lines lines={found.slice(-DRAWN)} />
    </>
  );
}

/** What the server writes at all. */
function ServerLevel() {
  const { t } = useTexts();
  const may = useMay();
  const level = useData(() => command<string>("get_loglevel"), []);
  if (level.state !== "ready" || !may("set_loglevel")) return null;
  return (
    <ChoiceField
      label={t("log.serverlevel")}
      value={level.value}
      set={(loglevel) => void command("set_loglevel", { loglevel }).then(level.reload, level.reload)}
      choices={LEVELS.map((one) => [one, one])}
    />
  );
}

/** The newest first: nobody has to scroll to see what happens. */
function Lines({ lines }: { readonly lines: readonly LogLine[] }) {
  const { t, format } = useTexts();
  if (lines.length === 0) return <p>{t("log.none")}</p>;
  return (
    <ol class="log" lang="en">
      {lines.toReversed().map((line) => (
        <li key={line.number} class={line.level}>
          <time dateTime={line.time}>{format.clock(Date.parse(line.time))}</time> <b>{line.level}</b>{" "}
          <strong>{line.event}</strong>{" "}
          {fieldsOf(line).map(([name, value]) => (
            <span key={name}>
              <i>{name}</i>={value}{" "}
            </span>
          ))}
        </li>
      ))}
    </ol>
  );
}
