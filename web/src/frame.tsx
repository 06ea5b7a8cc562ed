import type { FunctionComponent } from "preact";
import { useState } from "preact/hooks";
import { ask } from "./api.ts";
import { Heading, Link } from "./controls.tsx";
import { useTexts } from "./i18n.ts";
import { AboutPage } from "./pages/about.tsx";
import { AnnouncePage } from "./pages/announce.tsx";
import { CommandsPage } from "./pages/commands.tsx";
import { ConfigurationPage } from "./pages/configuration.tsx";
import { HostsPage } from "./pages/hosts.tsx";
import { LogPage } from "./pages/log.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { SessionsPage } from "./pages/sessions.tsx";
import { UserPage } from "./pages/user.tsx";
import { UsersPage } from "./pages/users.tsx";
import type { Route } from "./route.ts";
import { usePresent } from "./session-context.ts";
import { chooseTheme, THEMES, themeNow } from "./theme.ts";
import type { Key, Language } from "./translate.ts";

export interface PageProps {
  readonly route: Route;
}

const PAGES: readonly (readonly [path: string, name: Key, page: FunctionComponent<PageProps>])[] = [
  ["", "nav.overview", OverviewPage],
  ["hosts", "nav.hosts", HostsPage],
  ["users", "nav.users", UsersPage],
  ["sessions", "nav.sessions", SessionsPage],
  ["announce", "nav.announce", AnnouncePage],
  ["configuration", "nav.configuration", ConfigurationPage],
  ["log", "nav.log", LogPage],
  ["commands", "nav.commands", CommandsPage],
  ["about", "nav.about", AboutPage],
];

interface FrameProps extends PageProps {
  readonly choose: (lang: Language) => void;
  readonly leave: () => void;
}

export function Frame({ route, choose, leave }: FrameProps) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const at = route[0] ?? "";
  const Page = at === "users" && route.length > 1 ? UserPage : PAGES.find(([path]) => path === at)?.[2];
  return (
    <>
      <a class="skip" href="#content">
        {t("app.skip")}
      </a>
      <header class="top">
        <Link to={[]} class="brand">
          {t("app.name")}
        </Link>
        <button
          type="button"
          class="menu"
          aria-expanded={open}
          aria-controls="pages"
          onClick={() => setOpen(!open)}
        >
          {t("app.menu")}
        </button>
      </header>
      <nav id="pages" class={open ? "open" : ""} aria-label={t("app.pages")}>
        <ul>
          {PAGES.map(([path, name]) => (
            <li key={path}>
              <Link to={path === "" ? [] : [path]} current={path === at} followed={() => setOpen(false)}>
                {t(name)}
              </Link>
            </li>
          ))}
        </ul>
        <Account choose={choose} leave={leave} />
      </nav>
      <main id="content" tabIndex={-1}>
        {Page === undefined ? (
          <Heading>{t("app.missing")}</Heading>
        ) : (
          <Page key={route.join("/")} route={route} />
        )}
      </main>
    </>
  );
}

function Account({ choose, leave }: Omit<FrameProps, "route">) {
  const { t, lang } = useTexts();
  const { session } = usePresent();
  const [theme, setTheme] = useState(themeNow);
  const logout = (everywhere: boolean): void => {
    ask("logout", { everywhere }).then(leave, leave);
  };
  return (
    <div class="account">
      <label>
        {t("app.language")}
        <select value={lang} onChange={(event) => choose(event.currentTarget.value as Language)}>
          <option value="en" lang="en">
            English
          </option>
          <option value="pl" lang="pl">
            Polski
          </option>
        </select>
      </label>
      <label>
        {t("app.theme")}
        <select
          value={theme}
          onChange={(event) => {
            const chosen = THEMES.find((one) => one === event.currentTarget.value) ?? "system";
            chooseTheme(chosen);
            setTheme(chosen);
          }}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {t(`app.theme.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <p class="who">{session.account}</p>
      <button type="button" onClick={() => logout(false)}>
        {t("app.logout")}
      </button>
      <button type="button" class="quiet" onClick={() => logout(true)}>
        {t("app.logout.everywhere")}
      </button>
    </div>
  );
}
