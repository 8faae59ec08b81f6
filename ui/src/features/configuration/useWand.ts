import { type Dispatch, useState } from "react";
import { call } from "@/ipc/call";
import type { FormAction, FormState } from "./formState";
import type { Report } from "./useReport";

/** The Magic Wand's click: a pattern, no network. Asks for the mail domain where the account does not tell it. */
export function useWand(organization: number, state: FormState, dispatch: Dispatch<FormAction>, report: Report) {
  const [askedDomains, setAskedDomains] = useState<readonly string[] | null>(null);
  const { accountLogon, ewsUrl } = state.form;
  const wave = async (domain?: string) => {
    report.begin();
    try {
      const made = await call("ews_url_generate", { organization, accountLogon, domain });
      if (made.url === null) {
        setAskedDomains(made.domains);
        return;
      }
      setAskedDomains(null);
      const text = ewsUrl === "" ? "Generated from the mail domain." : `Replaced ${ewsUrl}.`;
      dispatch({ kind: "replace-url", url: made.url, origin: "generated", text });
    } catch (thrown) {
      report.fail("No URL was generated.", thrown);
    }
  };
  return { askedDomains, wave, stopAsking: () => setAskedDomains(null) };
}
