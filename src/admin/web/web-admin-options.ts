import type { World } from "../../base/world.ts";
import type { Accounts } from "../../kernel/accounts.ts";
import type { CommandCalls } from "../../kernel/command-calls.ts";
import type { Administrators, Rights } from "../../kernel/rights.ts";
import type { ServerControl } from "../../kernel/server-control.ts";
import type { PasswordLogin } from "../password-login.ts";
import type { FigureSource } from "./figures.ts";
import type { SetupLink } from "./setup-link.ts";
import type { WebPages } from "./web-files.ts";
import type { WebSessions } from "./web-sessions.ts";

/** What the web admin needs of the server. */
export interface WebAdminOptions {
  readonly pages: WebPages;
  readonly calls: CommandCalls;
  readonly accounts: Pick<Accounts, "create" | "exists" | "checkPassword">;
  readonly administrators: Administrators;
  readonly rights: Pick<Rights, "isAdministrator" | "mayRun">;
  readonly login: Pick<PasswordLogin, "check">;
  readonly sessions: WebSessions;
  readonly setup: SetupLink;
  readonly server: Pick<ServerControl, "hosts" | "version" | "node">;
  readonly figures: FigureSource;
  readonly world: Pick<World, "now" | "monotonic" | "random" | "after">;
}
