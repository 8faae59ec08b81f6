import { afterEach, expect, it, vi } from "vitest";
import { CommandError } from "../problem.ts";
import { httpHost } from "./http.ts";

afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: unknown) {
  const fetched = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

it("posts the request as JSON to the command", async () => {
  const fetched = answer(200, [{ id: 1 }]);
  await expect(httpHost().call("organizations_list", { search: null })).resolves.toEqual([{ id: 1 }]);
  expect(fetched).toHaveBeenCalledWith("/call/organizations_list", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"search":null}',
  });
});

it("turns a problem into an error that keeps code, hint and field", async () => {
  answer(400, { code: "taken", message: 'An organization named "A" already exists.', field: "name" });
  const failed = await httpHost()
    .call("organization_add", { name: "A" })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(CommandError);
  expect(failed).toMatchObject({ code: "taken", field: "name", message: 'An organization named "A" already exists.' });
});

it("says so when nobody answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
  await expect(httpHost().call("app_state", {})).rejects.toMatchObject({
    code: "internal",
    message: "The engine does not answer.",
  });
});
