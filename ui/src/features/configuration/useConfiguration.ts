import { type RefObject, useReducer, useRef } from "react";
import type { AppState } from "@/ipc/generated/AppState";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import { useAppCredentialFields, wipe } from "./appCredential";
import { formReducer, isDirty, startForm } from "./formState";
import { isModern } from "./modern";
import { useChecking } from "./useChecking";
import { useDiscovery } from "./useDiscovery";
import { useProbe } from "./useProbe";
import { useReport } from "./useReport";
import { useSaving } from "./useSaving";
import { useSignIn } from "./useSignIn";
import { useValidation } from "./useValidation";
import { useWand } from "./useWand";

/** The form, what is wrong with it, and what can be done with it. */
export function useConfiguration(
  organization: number,
  configuration: EmailConfiguration,
  app: AppState,
  page: RefObject<HTMLElement | null>,
) {
  const keyStoreAvailable = app.keyStore.available;
  const [state, dispatch] = useReducer(formReducer, null, () => startForm(configuration, keyStoreAvailable));
  const password = useRef<HTMLInputElement>(null);
  const proxyPassword = useRef<HTMLInputElement>(null);
  const credential = useAppCredentialFields();
  const validation = useValidation(organization, state, dispatch, configuration.saved);
  const report = useReport(!isModern(state.form.accessType));
  const wand = useWand(organization, state, dispatch, report);
  const checking = useChecking({
    organization,
    app,
    state,
    validation,
    report,
    page,
    password,
    proxyPassword,
    credential,
  });
  const probe = useProbe(organization, state);
  const signIn = useSignIn({ organization, state, validation, report, page, credential });
  const discovery = useDiscovery({ organization, state, stored: configuration.password, password, proxyPassword });
  const saving = useSaving({
    organization,
    keyStoreAvailable,
    state,
    dispatch,
    validation,
    report,
    page,
    password,
    proxyPassword,
    credential,
  });
  const discard = () => {
    for (const field of [password, proxyPassword]) if (field.current) field.current.value = "";
    wipe(credential);
    dispatch({ kind: "load", configuration, keyStoreAvailable });
  };
  return {
    organization,
    state,
    dispatch,
    dirty: isDirty(state),
    password,
    proxyPassword,
    credential,
    validation,
    report,
    wand,
    probe,
    discovery,
    signIn,
    checking,
    saving,
    discard,
  };
}

export type Configuration = ReturnType<typeof useConfiguration>;
