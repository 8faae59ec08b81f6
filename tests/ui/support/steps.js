// What every journey does on its way, by role and name as a person would.

import { expectGone, expectVisible } from "./expect.js";

/** First run, then an organization: ends on its list of users. */
export async function createOrganization(page, name) {
  await page.getByRole("button", { name: "Start with my Exchange" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByRole("heading", { name, level: 1 }));
}

/** The dialog of this title: one that Esc closes, or one that must be answered. */
export function dialogOf(page, name) {
  return page.getByRole("alertdialog", { name }).or(page.getByRole("dialog", { name }));
}

/** Opens a tab of the organization. */
export async function openTab(page, name) {
  await page.getByRole("tab", { name }).click();
}

/** Adds a pasted list of addresses through the four steps. */
export async function pasteUsers(page, addresses) {
  await page.getByRole("button", { name: "Paste addresses" }).click();
  const dialog = dialogOf(page, "Add users");
  await dialog.getByRole("textbox", { name: "Addresses" }).fill(addresses.join("\n"));
  await dialog.getByRole("button", { name: "Next" }).click();
  await expectVisible(dialog.getByText("Encoding"));
  await dialog.getByRole("button", { name: "Next" }).click();
  await dialog.getByRole("button", { name: `Add ${number(addresses.length)} users` }).click();
  await expectVisible(dialog.getByText(`${number(addresses.length)} users added.`));
  await dialog.getByRole("button", { name: "Close" }).click();
}

/** Fills Email Configuration; what is left out stays as it is. */
export async function configure(page, { account, password, ewsUrl, caPem, sha256 }) {
  await openConnectionOptions(page);
  await chooseBasic(page);
  if (caPem !== undefined) await trustCa(page, caPem);
  if (sha256 !== undefined) {
    await page.getByRole("radio", { name: "Pinned certificate…" }).check();
    await page.getByRole("textbox", { name: "SHA-256 of the certificate" }).fill(sha256);
  }
  await page.getByRole("textbox", { name: "Account Logon" }).fill(account);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
  await page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).fill(ewsUrl);
}

/** Unfolds the options, if they are folded. */
export async function openConnectionOptions(page) {
  const toggle = page.getByRole("button", { name: "Connection options" });
  if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
}

/** Answers the question of a dialog with one of its buttons. */
export async function answer(page, title, button) {
  const dialog = dialogOf(page, title);
  await dialog.getByRole("button", { name: button }).click();
  await expectGone(dialog);
}

/** Asks the server how it wants to be signed in to; answers the place of what it said. */
export async function askServer(page) {
  await page.getByRole("button", { name: "Ask the server" }).click();
  await expectGone(page.getByRole("button", { name: "Ask the server" }).getByRole("progressbar"));
  const said = page.getByRole("region", { name: "What the server said" });
  await expectVisible(said);
  return said;
}

/** Basic is never a machine's choice. */
export async function chooseBasic(page) {
  await page.getByRole("combobox", { name: "Authentication" }).click();
  await page.getByRole("option", { name: "Basic" }).click();
}

/** Chooses a CA file and waits until what is in it is shown. */
export async function trustCa(page, pem) {
  await page.getByRole("radio", { name: "CA file…" }).check();
  await page.getByLabel("CA file", { exact: true }).setInputFiles({
    name: "corporate-ca.pem",
    mimeType: "application/x-pem-file",
    buffer: Buffer.from(pem),
  });
  await expectVisible(page.getByText("corporate-ca.pem").first());
}

/** Presses the button; accepts the notice of the first time. */
export async function startCheck(page, { firstTime = true } = {}) {
  await page.getByRole("button", { name: "Check Users Exchange Impersonated Access" }).click();
  if (firstTime) await page.getByRole("button", { name: "Check", exact: true }).click();
}

/** Closes the notices in the corner, which may lie over what is to be pressed next. */
export async function closeNotices(page) {
  const close = page.getByRole("button", { name: "Close notice" });
  // One may go by itself just then.
  while ((await close.count()) > 0)
    await close
      .first()
      .click({ timeout: 1000 })
      .catch(() => {});
}

/** A number as the interface writes it. */
export function number(value) {
  return value.toLocaleString("en-US");
}
