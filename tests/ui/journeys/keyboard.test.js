// From the first run to a finished check without a mouse.

import assert from "node:assert/strict";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { startFront } from "../support/front.js";
import { journey } from "../support/journey.js";
import { dialogOf } from "../support/steps.js";

journey("the keyboard alone leads from the first run to a saved check", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { users: 3 });
  const front = await startFront(t, exchange);
  const { keyboard } = page;

  await tabTo(page, page.getByRole("button", { name: "Start with my Exchange" }));
  await keyboard.press("ArrowRight");
  await focused(page.getByRole("button", { name: "Practice" }));
  await keyboard.press("ArrowLeft");
  await keyboard.press("Enter");
  await focused(page.getByRole("textbox", { name: "Name" }));
  await keyboard.type("Contoso");
  await keyboard.press("Control+s");
  await expectVisible(page.getByRole("heading", { name: "Contoso", level: 1 }));

  for (const { address } of exchange.users.slice(0, 2)) {
    await keyboard.press("Control+n");
    const dialog = dialogOf(page, "Add a user");
    await focused(dialog.getByRole("textbox", { name: "E-Mail" }));
    await keyboard.type(address);
    await keyboard.press("Enter");
    await expectGone(dialog);
    await expectVisible(page.getByRole("gridcell", { name: address, exact: true }));
  }

  await tabTo(page, page.getByRole("tab", { name: "Users" }));
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await tabTo(page, page.getByRole("textbox", { name: "Account Logon" }));
  await keyboard.type(exchange.account);
  await tabTo(page, page.getByRole("textbox", { name: "Password", exact: true }));
  await keyboard.type(exchange.password);
  await keyboard.press("Control+g");
  const url = page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" });
  await expectPoll(() => url.inputValue(), "https://mail.contoso.com/EWS/Exchange.asmx");
  await tabTo(page, url);
  await keyboard.press("Control+a");
  await keyboard.type(front.ewsUrl);
  await tabTo(page, page.getByRole("button", { name: "Connection options" }));
  await keyboard.press("Enter");
  await tabTo(page, page.getByRole("combobox", { name: "Authentication" }));
  await chooseWithArrows(page, "Basic");
  await tabTo(page, page.getByRole("radio", { name: "System trust store" }));
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await tabTo(page, page.getByRole("textbox", { name: "SHA-256 of the certificate" }));
  await keyboard.type(front.sha256);

  await keyboard.press("F5");
  await focused(page.getByRole("button", { name: "Check", exact: true }));
  await keyboard.press("Enter");
  await expectVisible(page.getByRole("region", { name: "Last check" }).getByText(/^Passed/));
  await keyboard.press("Control+s");
  await expectVisible(page.getByText("Saved. 2 activated, 0 renewed, 0 failed, 0 unchanged."));
  await keyboard.press("Control+1");
  const table = page.getByRole("grid", { name: "Organizations" });
  await tabTo(page, table);
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await expectVisible(page.getByRole("grid", { name: "Users" }));
});

/** Tabs on until the keyboard is there; a place that Tab never reaches fails. */
async function tabTo(page, target) {
  await expectVisible(target);
  const seen = [];
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.first().evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    // Tab goes round among the notices; Esc closes them and goes on.
    if (
      (await page
        .locator(":focus")
        .and(page.getByRole("button", { name: "Close notice" }))
        .count()) > 0
    ) {
      await page.keyboard.press("Escape");
    }
    seen.push(
      await page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent?.slice(0, 20)),
    );
  }
  assert.fail(`Tab never reaches ${target}; it stops at ${seen.join(" | ")}`);
}

async function focused(target) {
  await expectVisible(target);
  await expectPoll(() => target.first().evaluate((element) => element === document.activeElement), true, {
    because: `the keyboard is not on ${target}`,
  });
}

/** Opens a list and walks down to an entry. */
async function chooseWithArrows(page, name) {
  await page.keyboard.press("Enter");
  const option = page.getByRole("option", { name });
  await expectVisible(option);
  const id = await option.getAttribute("id");
  for (let presses = 0; presses < 10; presses += 1) {
    const active = await page.evaluate(() => document.activeElement?.getAttribute("aria-activedescendant"));
    if (active === id) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await expectPoll(() => page.getByRole("combobox", { name: "Authentication" }).textContent(), name);
}
