// The loopback test host: the real interface and the real engine, on a data folder of its own.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = process.env.UNDERSTUDY_TEST_HOST ?? join(root, "target/debug/test-host");
const bundle = process.env.UNDERSTUDY_UI ?? join(root, "ui/dist");

/** An empty folder that is gone when the test ends. */
export function folder(t, name) {
  const path = mkdtempSync(join(tmpdir(), `understudy-${name}-`));
  t.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/**
 * Starts a host. Two of the same `home`, one after the other, are a restart.
 * @param tokens whose access tokens its practice Exchange takes, see tests/host/src/tokens.rs
 */
export async function startHost(t, { home = folder(t, "home"), tokens } = {}) {
  const dataDir = join(home, "data");
  const downloads = join(home, "Downloads");
  mkdirSync(join(home, ".config"), { recursive: true });
  mkdirSync(downloads, { recursive: true });
  writeFileSync(join(home, ".config/user-dirs.dirs"), `XDG_DOWNLOAD_DIR="$HOME/Downloads"\n`);
  const taken = tokens === undefined ? [] : ["--tokens", JSON.stringify(tokens)];
  const child = spawn(program, ["--data-dir", dataDir, "--memory-vault", "--ui", bundle, ...taken], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, ".config"), RUST_LOG: "debug" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  child.stderr.on("data", (bytes) => said.push(bytes));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const stop = async () => {
    child.kill("SIGTERM");
    const code = await ended;
    if (code !== 0) throw new Error(`the host ended with ${code}: ${Buffer.concat(said)}`);
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  t.after(() => (child.exitCode === null && child.signalCode === null ? stop() : undefined));
  const line = await Promise.race([
    createInterface({ input: child.stdout })[Symbol.asyncIterator]().next(),
    ended.then((code) => {
      throw new Error(`the host did not start (${code}): ${Buffer.concat(said)}\n  cargo build -p test-host`);
    }),
  ]);
  const { url } = JSON.parse(line.value);
  return { url, home, dataDir, downloads, stop, kill, said: () => Buffer.concat(said).toString(), call: caller(url) };
}

/** Asks the engine behind the interface's back. */
function caller(url) {
  return async (name, request = {}) => {
    const answer = await fetch(`${url}call/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(`${name}: ${body.message}`), { problem: body });
    return body;
  };
}

/** Every file below a folder, with its bytes. */
export function files(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((name) => ({ name, bytes: readFileSync(name) }));
}
