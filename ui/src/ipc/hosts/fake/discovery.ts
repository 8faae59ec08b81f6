import type { ConsentQuestion } from "../../generated/ConsentQuestion.ts";
import type { Discovery } from "../../generated/Discovery.ts";
import type { DiscoveryCandidate } from "../../generated/DiscoveryCandidate.ts";
import type { DiscoveryStep } from "../../generated/DiscoveryStep.ts";
import type { StartDiscovery } from "../../generated/StartDiscovery.ts";
import { CommandError } from "../../problem.ts";
import { chain } from "./server.ts";
import { type Handlers, organizationOf, type World } from "./world.ts";

/** Time a step takes. */
const pace = 300;

type Search = {
  address: string;
  account: string;
  withPassword: boolean;
  /** When what is going on now began. */
  since: number;
  /** Steps that were over by then. */
  before: number;
  answer: "send" | "skip" | null;
  cancelled: boolean;
};

/** Autodiscover: the JSON finds nothing, the http redirect leads to a host that asks for the password. */
export function discoveryHandlers(world: World) {
  const searches = new Map<string, Search>();
  const searchOf = (id: string) => {
    const found = searches.get(id);
    if (!found) throw new CommandError({ code: "not_found", message: "This search is not kept any more." });
    return found;
  };
  return {
    discovery_start: (request) => {
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      const id = `discovery-${searches.size + 1}`;
      searches.set(id, searchFor(world, request));
      return { discovery: id };
    },
    discovery_show: ({ discovery }) => shown(discovery, searchOf(discovery)),
    discovery_answer: ({ discovery, answer }) => {
      const search = searchOf(discovery);
      search.before = stepsDone(search);
      search.since = Date.now();
      if (answer === "cancel") search.cancelled = true;
      else search.answer = answer;
      return {};
    },
    discovery_cancel: ({ discovery }) => {
      const search = searchOf(discovery);
      search.before = stepsDone(search);
      search.cancelled = true;
      return {};
    },
  } satisfies Partial<Handlers>;
}

function searchFor(world: World, request: StartDiscovery): Search {
  const { accountLogon } = request.form;
  const user = organizationOf(world, request.organization).users[0]?.address;
  const address = request.address ?? (accountLogon.includes("@") ? accountLogon : user);
  if (!address?.includes("@")) {
    throw new CommandError({ code: "invalid", message: "Enter an e-mail address.", field: "address" });
  }
  return {
    address,
    account: accountLogon,
    withPassword: request.password !== undefined,
    since: Date.now(),
    before: 0,
    answer: null,
    cancelled: false,
  };
}

/** Steps up to the one that asks for consent. */
const asksAfter = 5;

function stepsDone(search: Search): number {
  if (search.cancelled) return search.before;
  const most = search.answer === null ? asksAfter : 7;
  return Math.min(most, search.before + Math.floor((Date.now() - search.since) / pace));
}

function shown(id: string, search: Search): Discovery {
  const domain = search.address.slice(search.address.indexOf("@") + 1);
  const done = stepsDone(search);
  const script = scriptOf(domain, search);
  const asking = !search.cancelled && search.withPassword && search.answer === null && done === asksAfter;
  const skippedForWant = !search.withPassword && done === asksAfter;
  const over = search.cancelled || done === 7 || skippedForWant;
  const steps = script.slice(0, done);
  const next = script[done];
  if (!over && !asking && next) {
    steps.push({ ...next, status: "running", result: "Asking…", answer: null, certificates: [], elapsedMs: null });
  }
  const candidates = search.answer === "send" && done >= 6 ? found(domain) : [];
  return {
    discovery: id,
    address: search.address,
    state: search.cancelled ? "cancelled" : over ? "done" : asking ? "asking" : "running",
    steps,
    candidates,
    question: asking ? questionOf(domain, search) : null,
    redirectAddress: null,
    message: over ? message(search, candidates) : null,
  };
}

function message(search: Search, candidates: readonly DiscoveryCandidate[]): string {
  if (search.cancelled) return "Stopped. What was found stays.";
  if (candidates.length > 0) return `${candidates.length} URLs were found. The advised one answers from this network.`;
  return "No candidate. Enter the URL or try another address.";
}

function questionOf(domain: string, search: Search): ConsentQuestion {
  return {
    question: 1,
    host: `autodiscover.${domain}`,
    account: search.account,
    found: `The name autodiscover.${domain} is built from the mail domain; nothing vouches for it but its certificate.`,
    certificate: chain[0] ?? null,
  };
}

function found(domain: string): DiscoveryCandidate[] {
  const common = { method: "autodiscover_host", step: 6, cloud: null } as const;
  return [
    {
      ...common,
      url: `https://mail.${domain}/EWS/Exchange.asmx`,
      placement: "external",
      note: "Answers from this network.",
      advised: true,
    },
    {
      ...common,
      url: `https://ex01.corp.${domain}/EWS/Exchange.asmx`,
      placement: "internal",
      note: "Its name is not known outside the company.",
      advised: false,
    },
  ];
}

function scriptOf(domain: string, search: Search): DiscoveryStep[] {
  const host = `autodiscover.${domain}`;
  const step = (number: number, part: Partial<DiscoveryStep>): DiscoveryStep => ({
    number,
    method: "json_v2",
    protocol: "JSON v2",
    address: "",
    status: "fail",
    result: "",
    cause: null,
    answer: null,
    certificates: [],
    elapsedMs: 40 * number,
    passwordSentTo: null,
    ...part,
  });
  const json = "/autodiscover/autodiscover.json/v1.0/";
  const sent = search.answer === "send";
  return [
    step(1, {
      address: `https://${host}${json}${search.address}?Protocol=EWS`,
      answer: "404",
      certificates: chain,
      result: "This server is older than the JSON form of Autodiscover.",
    }),
    step(2, {
      address: `https://${domain}${json}${search.address}?Protocol=EWS`,
      method: "root_domain",
      status: "warning",
      answer: "200",
      certificates: chain.slice(1),
      result: `A web site answers at ${domain}, not Exchange. No password is sent to it.`,
    }),
    step(3, {
      address: `http://${host}/autodiscover/autodiscover.xml`,
      method: "http_redirect",
      protocol: "HTTP",
      answer: "302 to http://legacy.example.net/autodiscover/autodiscover.xml",
      result: "Redirects to an address without https. Nothing was sent there.",
    }),
    step(4, {
      address: `_autodiscover._tcp.${domain}`,
      method: "dns_srv",
      protocol: "DNS",
      status: "skipped",
      answer: "NXDOMAIN",
      result: "No SRV record.",
    }),
    step(5, {
      address: `https://${host}/autodiscover/autodiscover.svc`,
      method: "autodiscover_host",
      protocol: "SOAP",
      status: "warning",
      answer: "401",
      certificates: chain,
      result: `${host} asks for a sign-in and offers Negotiate, NTLM.`,
    }),
    step(6, {
      address: `https://${host}/autodiscover/autodiscover.svc`,
      method: "autodiscover_host",
      protocol: "SOAP",
      status: sent ? "pass" : "skipped",
      answer: sent ? "200" : null,
      certificates: sent ? chain : [],
      result: sent ? "GetUserSettings names two URLs." : "Left out: the password was not to be sent there.",
      passwordSentTo: sent ? host : null,
    }),
    step(7, {
      address: `https://${host}/autodiscover/autodiscover.xml`,
      method: "autodiscover_host",
      protocol: "POX",
      status: "skipped",
      result: sent ? "Not needed: SOAP has answered." : "Left out: the password was not to be sent there.",
    }),
  ];
}
