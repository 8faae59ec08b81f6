// A trust that was chosen on another screen, on its way into the form of Email Configuration. It travels in the entry of
// the history, not in the address: an address shows screens and changes nothing.
import type { TlsTrust } from "@/ipc/generated/TlsTrust";

/** What to put into the form, and what to say of it. */
export type HandedTrust = { trust: TlsTrust; text: string };

declare module "@tanstack/react-router" {
  interface HistoryState {
    handedTrust?: HandedTrust;
  }
}
