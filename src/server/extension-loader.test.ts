import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../../test/support/memory-store.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { Hooks } from "../kernel/hooks.ts";
import { type Discovery, discovery } from "../kernel/services.ts";
import { type CommonContext, ExtensionLoader } from "./extension-loader.ts";

function loader(): ExtensionLoader {
  const common = { log: silentLog() } as CommonContext;
  return new ExtensionLoader(new Hooks(), () => undefined, memoryStorage(), common);
}

const said = { doc: "A test.", xeps: {}, features: ["b", "a"], accountFeatures: ["c"] };

test("who uses a service gets it, when its provider was loaded before; else the start ends and both are named", () => {
  const service: Discovery = {
    identities: [],
    features: () => [],
    forms: () => [],
    addNodes: () => {},
    addItems: () => {},
  };
  const got: unknown[] = [];
  const provider: AnyExtension = extension({
    ...said,
    name: "provider",
    setup: ({ provide }) => provide(discovery, service),
  });
  const user: AnyExtension = extension({
    ...said,
    name: "user",
    uses: { discovery },
    setup: ({ uses }) => void got.push(uses.discovery),
  });
  const extensions = loader();
  assert.throws(() => extensions.load(user, undefined), /the extension user needs discovery/);
  extensions.load(provider, undefined);
  extensions.load(user, undefined);
  assert.deepEqual(got, [service]);
  assert.deepEqual(extensions.features(), ["a", "b"]);
  assert.deepEqual(extensions.features("account"), ["c"]);
});
