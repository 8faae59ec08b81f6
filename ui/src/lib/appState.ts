import type { AppState } from "@/ipc/generated/AppState";
import { useRead } from "./queries";

/** What the window knows of the app; undefined until it has been read. */
export function useAppState(): AppState | undefined {
  return useRead("app_state", {}).data;
}

/** `Work offline` is on: no network button may be used. */
export function useOffline(): boolean {
  return useAppState()?.settings.workOffline ?? false;
}

/** Why a network button is disabled while offline. */
export const offlineReason = "Needs the network. Work offline is on.";
