import type { ServiceAccountTest } from "../../generated/ServiceAccountTest.ts";
import type { StartServiceAccountTest } from "../../generated/StartServiceAccountTest.ts";
import type { Step } from "../../generated/Step.ts";
import { CommandError } from "../../problem.ts";
import { chain } from "./server.ts";
import { type Handlers, organizationOf, type World } from "./world.ts";

/** Time a step takes. */
const pace = 250;

type Test = {
  request: StartServiceAccountTest;
  url: string;
  account: string;
  since: number;
  before: number;
  /** What was answered about the draft. */
  write: boolean | null;
  cancelled: boolean;
  run: string | null;
};

/** Service Account Access: everything passes, the account has no mailbox of its own. */
export function serviceAccountHandlers(world: World) {
  const tests = new Map<string, Test>();
  const testOf = (id: string) => {
    const found = tests.get(id);
    if (!found) throw new CommandError({ code: "not_found", message: "This test is not kept any more." });
    return found;
  };
  return {
    service_account_start: (request) => {
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      const organization = organizationOf(world, request.organization);
      if (request.password.kind === "stored" && !organization.password.hasPassword) {
        throw new CommandError({ code: "password_needed", message: "Enter the password of the service account." });
      }
      const form = request.form ?? organization.form;
      const id = `test-${tests.size + 1}`;
      tests.set(id, {
        request,
        url: form.ewsUrl,
        account: form.accountLogon,
        since: Date.now(),
        before: 0,
        write: null,
        cancelled: false,
        run: world.runs.find((run) => run.row.organization === request.organization)?.row.id ?? null,
      });
      return { test: id };
    },
    service_account_show: ({ test }) => shown(test, testOf(test)),
    service_account_answer: ({ test: id, write }) => {
      const test = testOf(id);
      test.before = stepsDone(test);
      test.since = Date.now();
      test.write = write;
      return {};
    },
    service_account_cancel: ({ test: id }) => {
      const test = testOf(id);
      test.before = stepsDone(test);
      test.cancelled = true;
      return {};
    },
    service_account_values: ({ organization, form, fields }) => {
      const used = form ?? organizationOf(world, organization).form;
      const lines = [
        `Target mailbox email address: ${fields.mailbox}`,
        `Service Account User Name: ${used.accountLogon}`,
        "Service Account Password: (type it there)",
        fields.useAutodiscover
          ? "Use Autodiscover to detect server settings"
          : `Specify Exchange Web Services URL: ${used.ewsUrl}`,
        "Test predefined folder: Inbox",
        `Impersonated user: ${fields.impersonatedUser ?? fields.mailbox}`,
        "Impersonated user identifier: SmtpAddress",
      ];
      return { text: `${lines.join("\n")}\n` };
    },
  } satisfies Partial<Handlers>;
}

/** `create_item` is the twelfth. */
const beforeDraft = 11;

function stepsDone(test: Test): number {
  if (test.cancelled) return test.before;
  const waits = test.request.fields.writeTest && test.write === null;
  return Math.min(waits ? beforeDraft : 13, test.before + Math.floor((Date.now() - test.since) / pace));
}

function shown(id: string, test: Test): ServiceAccountTest {
  const done = stepsDone(test);
  const waits = test.request.fields.writeTest && test.write === null && done === beforeDraft;
  const over = test.cancelled || done === 13;
  const steps = scriptOf(test).map((step, index): Step => {
    if (index < done) return step;
    const status = index === done && !over && !waits ? "running" : "skipped";
    return { ...step, status, message: "", elapsedMs: null, next: null, blame: null, evidence: [], cause: null };
  });
  return {
    test: id,
    state: test.cancelled ? "cancelled" : over ? "done" : waits ? "asking" : "running",
    steps,
    verdict: over && !test.cancelled ? "granted" : null,
    cause: null,
    message: !over
      ? null
      : test.cancelled
        ? "Stopped. The steps that were left are not checked."
        : `${test.account} opened the Inbox of ${test.request.fields.mailbox} by impersonation.`,
    run: over ? test.run : null,
  };
}

function scriptOf({ request, url, account, write }: Test): Step[] {
  const { mailbox, writeTest } = request.fields;
  const host = URL.canParse(url) ? new URL(url).hostname : "mail.contoso.com";
  const wrote = writeTest && write === true;
  const step = (id: string, title: string, message: string, part: Partial<Step> = {}): Step => ({
    id,
    title,
    status: "pass",
    cause: null,
    message,
    elapsedMs: 9 + 17 * id.length,
    blame: null,
    next: null,
    evidence: [],
    ...part,
  });
  const draft: Partial<Step> = wrote ? {} : { status: "skipped", elapsedMs: null };
  return [
    step("form", "Form values", "Every value can be used."),
    step("dns", "Name resolves", `${host} resolves to 192.0.2.10.`, { evidence: [`${host} A 192.0.2.10, TTL 300`] }),
    step("tcp", "Port 443, proxy", "Port 443 answers, without a proxy."),
    step("tls", "Certificate", "The certificate is trusted, and is for this name.", {
      evidence: chain.map(({ subject, notAfter }) => `${subject}, valid until ${notAfter}`),
    }),
    step("discovery", "Autodiscover", "Not needed: the URL is given.", { status: "skipped", elapsedMs: null }),
    step("ews", "EWS answers", `${host} is Exchange 15.2.2562.17 and offers Negotiate, NTLM.`, {
      evidence: ["POST /EWS/Exchange.asmx 401", "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"],
    }),
    step("log_on", "Service account signs in", `${account} signed in with NTLM.`),
    step("own_mailbox", "Service account's own Inbox", "No mailbox: rooms and other resources won't be retrieved.", {
      status: "warning",
      blame: "exchange",
      next: `Give ${account} a mailbox if rooms are needed.`,
      evidence: ["ErrorNonExistentMailbox", "HTTP 200, request 4f1c6a7e"],
    }),
    step("rooms", "Room lists", "No room lists are defined.", { status: "warning", blame: "exchange" }),
    step("impersonate", "Impersonation", `${account} may act for ${mailbox}.`),
    step("folder", "Test predefined folder", `The Inbox of ${mailbox} was opened.`, {
      evidence: ["GetFolder NoError", `X-AnchorMailbox: ${mailbox}`],
    }),
    step("create_item", "Create a draft", wrote ? "A draft was created." : "Left out: read only", draft),
    step("delete_item", "Delete the draft", wrote ? "The draft is gone again." : "Left out: read only", draft),
  ];
}
