import type { Host } from "../host.ts";
import { asCommandError, CommandError } from "../problem.ts";
import { checkHandlers, past, watch } from "./fake/checks.ts";
import { configurationHandlers } from "./fake/configuration.ts";
import { directoryHandlers } from "./fake/directory.ts";
import { guideHandlers } from "./fake/guide.ts";
import { handOffHandlers } from "./fake/handOff.ts";
import { organizationHandlers } from "./fake/organizations.ts";
import { userHandlers } from "./fake/users.ts";
import { createWorld, type Handlers } from "./fake/world.ts";

const absentNames = [
  "discovery_start",
  "discovery_show",
  "discovery_answer",
  "discovery_cancel",
  "service_account_start",
  "service_account_show",
  "service_account_answer",
  "service_account_cancel",
  "service_account_values",
] as const;

/** Commands nobody pretends to answer yet. */
const absent = Object.fromEntries(
  absentNames.map((name) => [
    name,
    () => {
      throw new CommandError({ code: "internal", message: `${name} is not pretended.` });
    },
  ]),
) as unknown as Pick<Handlers, (typeof absentNames)[number]>;

export type FakeOptions = {
  /** Users of Contoso. Default 4,830. */
  users?: number;
  /** A first start: only the default organization. */
  blank?: boolean;
  /** Commands a test answers itself. */
  replace?: Partial<Handlers>;
};

/** A small believable world in memory, for development and unit tests. Never in the product. */
export function fakeHost(options: FakeOptions = {}): Host {
  const world = createWorld(options.users ?? 4830, options.blank);
  past(world);
  const handlers: Handlers = {
    ...absent,
    ...organizationHandlers(world),
    ...userHandlers(world),
    ...checkHandlers(world),
    ...configurationHandlers(world),
    ...directoryHandlers(world),
    ...guideHandlers(world),
    ...handOffHandlers(world),
    ...options.replace,
  };
  return {
    async call(name, request) {
      try {
        return await handlers[name](structuredClone(request));
      } catch (thrown) {
        throw asCommandError(thrown);
      }
    },
    watchRun: (run, onProgress) => watch(world, run, onProgress),
  };
}
