import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { exportCommand } from "./exportCommand";

it("is the command that the engine names too, with the GUID that ties a folder to its mailbox", () => {
  const source = readFileSync("../src-tauri/crates/engine/src/users/list/error.rs", "utf8");
  const told = /EXPORT_COMMAND: &str = "([^"]+)"/.exec(source)?.[1]?.replaceAll("\\\n", "");
  expect(exportCommand).toBe(told);
  expect(exportCommand).toContain("ExchangeGuid");
});
