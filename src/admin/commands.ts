import type { Command } from "../kernel/commands.ts";
import { type AccountServices, accountCommands } from "./accounts.ts";
import { type ArchiveServices, archiveCommands } from "./archives.ts";
import { type BackupServices, backupCommands } from "./backups.ts";
import { type BanServices, banCommands } from "./bans.ts";
import { type ConfigurationServices, configurationCommands } from "./configuration.ts";
import { type FindUserServices, findUsers } from "./find-users.ts";
import { type KickServices, kickCommands } from "./kicks.ts";
import { type KindlyServices, kindlyCommands } from "./kindly.ts";
import { type LogServices, logCommands } from "./logs.ts";
import { type OauthServices, oauthCommands } from "./oauth.ts";
import { type OldUserServices, oldUserCommands } from "./old-users.ts";
import { type PresenceServices, presenceCommands } from "./presence.ts";
import { type ServerServices, serverCommands } from "./server.ts";
import { type SessionServices, sessionCommands } from "./sessions.ts";
import { type StanzaServices, stanzaCommands } from "./stanzas.ts";
import { type SetupServices, setupCommand } from "./web/setup-command.ts";

export type AdministrationServices = AccountServices &
  ArchiveServices &
  BackupServices &
  BanServices &
  OldUserServices &
  SessionServices &
  KickServices &
  PresenceServices &
  KindlyServices &
  LogServices &
  StanzaServices &
  OauthServices &
  ServerServices &
  ConfigurationServices &
  FindUserServices &
  SetupServices;

/** The commands that are there whatever is loaded. */
export function administrationCommands(services: AdministrationServices): readonly Command[] {
  return [
    ...accountCommands(services),
    ...archiveCommands(services),
    findUsers(services),
    ...backupCommands(services),
    ...banCommands(services),
    ...oldUserCommands(services),
    ...sessionCommands(services),
    ...kickCommands(services),
    ...presenceCommands(services),
    ...kindlyCommands(services),
    ...stanzaCommands(services),
    ...logCommands(services),
    ...oauthCommands(services),
    ...serverCommands(services),
    ...configurationCommands(services),
    setupCommand(services),
  ];
}
