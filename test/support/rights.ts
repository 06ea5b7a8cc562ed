import { ConfiguredRights } from "../../src/auth/rights.ts";
import type { AccessSettings } from "../../src/kernel/access.ts";
import { defaults } from "../../src/kernel/options.ts";
import { configurationOptions } from "../../src/server/configuration-options.ts";

/** Rights as of a server at h.test without a configuration, but for these settings. */
export function rightsOf(settings: Partial<AccessSettings> = {}): ConfiguredRights {
  const standard = defaults(configurationOptions([])) as unknown as AccessSettings;
  return new ConfiguredRights({
    settings: { ...standard, ...settings },
    hosts: new Set(["h.test"]),
    stored: () => false,
  });
}
