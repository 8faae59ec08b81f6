// While a check of fifty thousand goes on, its causes and mailboxes are shown live, and the window stays quick.

import assert from "node:assert/strict";
import { expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";

/** Most that one task of the page may keep the processor busy, in milliseconds. */
const most = 100;
/** How long each view is watched, in milliseconds. */
const watched = 8_000;

/** The longest tasks of the page's main thread: time on the processor, whatever else the machine does. */
async function longestTasks(page, meanwhile) {
  const session = await page.context().browser().newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const over = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  const includedCategories = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"];
  await session.send("Tracing.start", { traceConfig: { includedCategories }, transferMode: "ReportEvents" });
  await meanwhile();
  await session.send("Tracing.end");
  await over;
  await session.detach();
  const place = ({ pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(
    events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(place),
  );
  return events
    .filter((event) => event.ph === "X" && event.name.endsWith("RunTask") && mains.has(place(event)))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((one, other) => other - one);
}

journey("causes of 50,000 mailboxes stream in without a halt", {}, async ({ host, page }) => {
  const { practice } = await host.call("practice_start", { scenario: "aliases-and-remote", users: 50_000 });
  for (const view of ["causes", "mailboxes", "load"]) {
    // A check for each view: one alone could be over before the last of them.
    const { run } = await host.call("check_start", {
      organization: practice.organization,
      password: { kind: "stored" },
      scope: { kind: "all" },
      sendAgain: false,
    });
    await page.goto(`${host.url}runs/${run}?view=${view}`);
    await expectVisible(page.getByRole("button", { name: "Pause", exact: true }));
    const count = async () =>
      Number(
        (
          await page
            .getByText(/^[\d,]+ of 50,/)
            .first()
            .textContent()
        )
          .split(" ")[0]
          .replace(",", ""),
      );
    const before = await count();
    const tasks = await longestTasks(page, () => page.waitForTimeout(watched));
    await expectPoll(count, (now) => now > before, { because: "the run goes on meanwhile" });
    assert.ok(tasks.length > 100, `${view} was watched: ${tasks.length} tasks`);
    assert.ok(tasks[0] <= most, `${view}: ${tasks.slice(0, 5).map(Math.round).join(", ")} ms`);
    await host.call("check_cancel", { run });
  }
});
