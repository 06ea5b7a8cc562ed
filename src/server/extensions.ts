import { adHoc } from "../extensions/ad-hoc/ad-hoc.ts";
import { announce } from "../extensions/announce/announce.ts";
import { archive } from "../extensions/archive/archive.ts";
import { blocking } from "../extensions/blocking/blocking.ts";
import { caps } from "../extensions/caps.ts";
import { carbons } from "../extensions/carbons.ts";
import { clientState } from "../extensions/client-state.ts";
import { delay } from "../extensions/delay.ts";
import { disco } from "../extensions/disco.ts";
import { last } from "../extensions/last.ts";
import { offline } from "../extensions/offline.ts";
import { ping } from "../extensions/ping.ts";
import { presence } from "../extensions/presence/presence.ts";
import { privateStorage } from "../extensions/private/private.ts";
import { register } from "../extensions/register.ts";
import { roster } from "../extensions/roster/roster.ts";
import { session } from "../extensions/session.ts";
import { sharedRoster } from "../extensions/shared-roster/shared-roster.ts";
import { stanzaIds } from "../extensions/stanza-ids.ts";
import { time } from "../extensions/time.ts";
import { vcard } from "../extensions/vcard/vcard.ts";
import { version } from "../extensions/version.ts";
import type { AnyExtension } from "../kernel/extension.ts";

/** Everything that can be loaded, providers before those who use them. One line for each. */
export const extensions: readonly AnyExtension[] = [
  roster,
  sharedRoster,
  presence,
  blocking,
  disco,
  caps,
  session,
  register,
  offline,
  delay,
  stanzaIds,
  archive,
  carbons,
  clientState,
  ping,
  version,
  time,
  last,
  privateStorage,
  vcard,
  announce,
  adHoc,
];
