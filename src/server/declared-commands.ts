import { administrationCommands } from "../admin/commands.ts";
import { type Command, CommandRegistry } from "../kernel/commands.ts";
import type { AnyExtension } from "../kernel/extension.ts";

/** Anything at all that is asked of it: a command's declaration needs no services, only its `run` does. */
function nothing(): never {
  const target = (): unknown => proxy;
  const proxy: unknown = new Proxy(target, {
    get: (_, name) => (name === Symbol.iterator ? undefined : proxy),
  });
  return proxy as never;
}

/** Every command that a server with these extensions has, to be read about and not to be run. */
export function declaredCommands(extensions: readonly AnyExtension[]): readonly Command[] {
  const registry = new CommandRegistry();
  registry.add(
    ...administrationCommands(nothing()),
    ...extensions.flatMap((extension) => extension.commands?.(nothing()) ?? []),
  );
  return registry.all();
}
