import type { Host } from "../host.ts";
import { asCommandError } from "../problem.ts";
import { checkHandlers } from "./fake/checks.ts";
import { configurationHandlers } from "./fake/configuration.ts";
import { directoryHandlers } from "./fake/directory.ts";
import { discoveryHandlers } from "./fake/discovery.ts";
import { guideHandlers } from "./fake/guide.ts";
import { handOffHandlers } from "./fake/handOff.ts";
import { loadHandlers } from "./fake/load.ts";
import { organizationHandlers } from "./fake/organizations.ts";
import { past, watch } from "./fake/runs.ts";
import { serviceAccountHandlers } from "./fake/serviceAccount.ts";
import { type FakeSignIn, signInHandlers } from "./fake/signIn.ts";
import { userHandlers } from "./fake/users.ts";
import { createWorld, type Handlers } from "./fake/world.ts";

export type FakeOptions = {
  /** Users of Contoso. Default 4,830. */
  users?: number;
  /** A first start: only the default organization. */
  blank?: boolean;
  /** How the OAuth sign-in of Contoso stands. */
  signIn?: FakeSignIn;
  /** Commands a test answers itself. */
  replace?: Partial<Handlers>;
};

/** A small believable world in memory, for development and unit tests. Never in the product. */
export function fakeHost(options: FakeOptions = {}): Host {
  const world = createWorld(options.users ?? 4830, options.blank);
  past(world);
  const handlers: Handlers = {
    ...organizationHandlers(world),
    ...userHandlers(world),
    ...checkHandlers(world),
    ...configurationHandlers(world),
    ...directoryHandlers(world),
    ...discoveryHandlers(world),
    ...guideHandlers(world),
    ...handOffHandlers(world),
    ...loadHandlers(world),
    ...serviceAccountHandlers(world),
    ...signInHandlers(world, options.signIn),
    ...options.replace,
  };
  return {
    async call(name, request) {
      try {
        // As over any wire: neither side holds on to what the other one changes.
        return structuredClone(await handlers[name](structuredClone(request)));
      } catch (thrown) {
        throw asCommandError(thrown);
      }
    },
    watchRun: (run, onProgress) => watch(world, run, onProgress),
  };
}
