import { ask } from "../api.ts";
import { Failure, Heading, Table } from "../controls.tsx";
import { useTexts } from "../i18n.ts";
import { usePresent } from "../session-context.ts";
import { useData } from "../use-data.ts";

interface About {
  readonly xeps: readonly { readonly number: number; readonly version: string; readonly extension: string }[];
}

export function AboutPage() {
  const { t } = useTexts();
  const { session } = usePresent();
  const about = useData(() => ask<About>("about"), []);
  return (
    <>
      <Heading>{t("about.title")}</Heading>
      <dl class="facts">
        <dt>{t("about.version")}</dt>
        <dd>Tercet {session.version}</dd>
        <dt>{t("about.node")}</dt>
        <dd>{session.node}</dd>
        <dt>{t("about.account")}</dt>
        <dd>{session.account}</dd>
      </dl>
      <h2>{t("about.licence")}</h2>
      <p>{t("about.licence.text")}</p>
      <p>
        <a href="/api/openapi.json">{t("about.api")}</a>
      </p>
      <Table
        caption={t("about.administrators")}
        head={[t("login.user"), t("about.origin")]}
        empty=""
        rows={session.administrators.map(({ account, origins }) => [
          account,
          origins
            .map((one) => t(one === "stored" ? "about.origin.stored" : "about.origin.configuration"))
            .join(", "),
        ])}
      />
      {about.state === "failed" && <Failure error={about.error} retry={about.reload} />}
      {about.state === "ready" && (
        <Table
          caption={t("about.xeps")}
          head={[t("about.xep"), t("about.version"), t("about.extension")]}
          empty=""
          rows={about.value.xeps.map(({ number, version, extension }) => [
            `XEP-${String(number).padStart(4, "0")}`,
            version,
            extension,
          ])}
        />
      )}
    </>
  );
}
