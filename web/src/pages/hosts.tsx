import { command } from "../api.ts";
import { Failure, Heading, Link, Table } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { useMay, usePresent } from "../session-context.ts";
import { useData } from "../use-data.ts";

interface HostFigures {
  readonly host: string;
  readonly users: number | undefined;
  readonly online: number | undefined;
}

export function HostsPage() {
  const { t, format } = useTexts();
  const { session } = usePresent();
  const may = useMay();
  const figure = (host: string, name: string): Promise<number | undefined> =>
    may("stats_host") ? command<number>("stats_host", { name, host }) : Promise.resolve(undefined);
  const hosts = useData(async (): Promise<readonly HostFigures[]> => {
    const names = may("registered_vhosts")
      ? await command<readonly string[]>("registered_vhosts")
      : session.hosts;
    return Promise.all(
      names.map(async (host) => {
        const [users, online] = await Promise.all([
          figure(host, "registeredusers"),
          figure(host, "onlineusers"),
        ]);
        return { host, users, online };
      }),
    );
  }, []);
  return (
    <>
      <Heading>{t("hosts.title")}</Heading>
      {hosts.state === "failed" && <Failure error={hosts.error} retry={hosts.reload} />}
      {hosts.state === "ready" && (
        <Table
          caption={t("hosts.title")}
          head={[t("hosts.host"), t("hosts.users"), t("hosts.online")]}
          rows={hosts.value.map(({ host, users, online }) => [
            <Link key={host} to={["users"]}>
              {host}
            </Link>,
            users === undefined ? "" : format.number(users),
            online === undefined ? "" : format.number(online),
          ])}
        />
      )}
      <p class="hint">{t("hosts.hint")}</p>
    </>
  );
}
